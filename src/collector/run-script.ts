import { readFile } from 'node:fs/promises';
import { type CollectError, collectError } from '../core/collect-error.ts';
import { type Unpacked, unpackEnvelope } from './envelope.ts';
import { excerpt } from './excerpt.ts';
import type { PowerShellJob, PowerShellResult, PowerShellRunner } from './powershell-runner.ts';

/** The scripts that are shipped. */
export type ScriptName = 'inventory.ps1' | 'doctor.ps1';

export interface ScriptRun {
  readonly name: ScriptName;
  readonly parameters: PowerShellJob['parameters'];
  readonly timeoutMs: number;
  /** Unpacked. */
  readonly maxAnswerBytes: number;
}

/** What a script answered, as JSON text, or why it did not. */
export type ScriptAnswer =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: CollectError };

/** Runs a script and unpacks what it printed. Never rejects. */
export async function runScript(
  { name, parameters, timeoutMs, maxAnswerBytes }: ScriptRun,
  runner: PowerShellRunner,
  signal: AbortSignal,
): Promise<ScriptAnswer> {
  const script = await loadScript(name);
  if (script === null) {
    return {
      ok: false,
      error: collectError('SCRIPT_FAILED', `${name} is not where the agent was installed`),
    };
  }
  // The answer travels packed, so this leaves room for noise around it.
  const job = { script, parameters, timeoutMs, maxOutputBytes: maxAnswerBytes };
  const result = await runner.run(job, signal);
  if (result.status === 'failed') return { ok: false, error: withStderr(result.error, result.stderrTail) };
  const unpacked = await unpackEnvelope(result.stdout, maxAnswerBytes);
  return unpacked.ok ? unpacked : { ok: false, error: explain(unpacked, result) };
}

async function loadScript(name: ScriptName): Promise<string | null> {
  try {
    return await readFile(new URL(`./${name}`, import.meta.url), 'utf8');
  } catch {
    return null;
  }
}

/** A whole answer counts whatever the process did then; without one, the way it ended says more than what is missing. */
function explain({ error }: Extract<Unpacked, { ok: false }>, result: PowerShellResult): CollectError {
  const isMissing = error.code === 'EMPTY_ANSWER' || error.code === 'OUTPUT_TRUNCATED';
  if (isMissing && result.status === 'exited' && (result.exitCode !== 0 || result.signal !== null)) {
    const how = result.signal === null ? `exit code ${result.exitCode}` : `signal ${result.signal}`;
    return withStderr(collectError('SHELL_DIED', how), result.stderrTail);
  }
  return withStderr(error, result.stderrTail);
}

function withStderr(error: CollectError, stderrTail: string): CollectError {
  const said = excerpt(stderrTail);
  if (said === '') return error;
  return { ...error, detail: excerpt(error.detail === null ? said : `${error.detail}; it said: ${said}`) };
}
