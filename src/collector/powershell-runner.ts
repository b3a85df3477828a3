import type { CollectError } from '../core/collect-error.ts';

/** One script for one fresh PowerShell process. */
export interface PowerShellJob {
  /** ASCII; its only parameter is the base64 of `parameters` as JSON. */
  readonly script: string;
  /** Data for the script. It is never interpolated into a command. */
  readonly parameters: Readonly<Record<string, string | number | boolean | null>>;
  /** The process tree is ended when it has not answered by then. */
  readonly timeoutMs: number;
  /** More standard output than this ends the process. */
  readonly maxOutputBytes: number;
}

/** How a job ended. Whether the output is worth anything is for its reader to judge, not for the exit code. */
export type PowerShellResult =
  /** The script ran to its end. */
  | { readonly status: 'answered'; readonly stdout: string; readonly stderrTail: string }
  /** The process ended by itself first; its output may be cut anywhere. */
  | {
      readonly status: 'exited';
      readonly exitCode: number | null;
      readonly signal: string | null;
      readonly stdout: string;
      readonly stderrTail: string;
    }
  /** SHELL_MISSING, SHELL_DIED, TIMEOUT, OUTPUT_TOO_LARGE, CANCELLED or PLATFORM_UNSUPPORTED. */
  | { readonly status: 'failed'; readonly error: CollectError; readonly stderrTail: string };

/**
 * Runs one script in a PowerShell of its own.
 * Never rejects, settles at the latest a few seconds after the deadline, and leaves no process behind.
 * Output is given byte by byte as Latin-1: what matters in it is ASCII.
 */
export interface PowerShellRunner {
  run(job: PowerShellJob, signal: AbortSignal): Promise<PowerShellResult>;
}

/** Standard error is kept for diagnosis only, and no more than this much of it. */
export const STDERR_TAIL_BYTES = 8 * 1024;
