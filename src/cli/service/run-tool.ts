import { spawn } from 'node:child_process';
import { win32 } from 'node:path';
import { readEnv } from '../../config/world.ts';
import { systemErrorText } from '../../core/error-codes/system-error.ts';
import type { CliIo } from '../io.ts';

/** A program of Windows with its arguments; no shell is in between. */
export interface ToolJob {
  readonly program: string;
  readonly args: readonly string[];
  readonly timeoutMs: number;
  /** Its output goes to the people at the terminal, as it is written, instead of into the result. */
  readonly isShown?: true;
}

export type ToolResult =
  | { readonly status: 'ended'; readonly exitCode: number; readonly output: string }
  /** It could not be started, was killed, or took too long. */
  | { readonly status: 'failed'; readonly why: string };

/** Runs a program to its end. Never rejects; settles soon after the time allowed. */
export type RunTool = (job: ToolJob, signal: AbortSignal) => Promise<ToolResult>;

/** No tool that is asked here says as much. */
const MAX_OUTPUT_BYTES = 1024 * 1024;

export const runTool: RunTool = ({ program, args, timeoutMs, isShown }, signal) =>
  new Promise((resolve) => {
    const deadline = AbortSignal.timeout(timeoutMs);
    const failed = (why: string): void => resolve({ status: 'failed', why });
    const child = spawn(program, [...args], {
      windowsHide: isShown !== true,
      env: withoutModulePath(process.env),
      stdio: isShown ? 'inherit' : ['ignore', 'pipe', 'ignore'],
      signal: AbortSignal.any([signal, deadline]),
    });
    let output = '';
    // Of the code page of the console; what matters is ASCII.
    child.stdout?.setEncoding('latin1').on('data', (piece: string) => {
      output += piece;
      if (output.length > MAX_OUTPUT_BYTES) child.kill();
    });
    child.on('error', (error) => {
      if (deadline.aborted) failed(`it did not end within ${timeoutMs / 1000} s`);
      else failed(signal.aborted ? 'it was stopped' : systemErrorText(error));
    });
    child.on('close', (exitCode) => {
      if (exitCode === null) failed('it was ended before it answered');
      else resolve({ status: 'ended', exitCode, output });
    });
  });

/** PowerShell 7 names its own modules to what it starts, and Windows PowerShell fails over them; left alone it finds its own. */
function withoutModulePath(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => name.toUpperCase() !== 'PSMODULEPATH'));
}

/** A program of the system folder, never what PATH happens to name. */
export function systemProgram({ env, platform }: Pick<CliIo, 'env' | 'platform'>, name: string): string {
  return win32.join(readEnv({ env, platform }, 'SystemRoot') ?? 'C:\\Windows', 'System32', name);
}
