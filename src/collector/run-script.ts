import { type CollectError, collectError } from '../core/collect-error.ts';
import { SECOND_MS } from '../core/units.ts';
import { type Unpacked, unpackEnvelope } from './envelope.ts';
import { excerpt } from './excerpt.ts';
import type { PowerShellJob, PowerShellResult, PowerShellRunner } from './powershell-runner.ts';
import { loadScript, type ScriptName } from './scripts.ts';

/** Kept back from the time allowed, so that the script can still write its answer when something was slow. */
const BUDGET_RESERVE_RATIO = 0.2;
const BUDGET_RESERVE_MAX_MS = 15 * SECOND_MS;
/** A disk, or a domain controller, that has not answered by then will not. */
const QUESTION_TIMEOUT_MAX_MS = 30 * SECOND_MS;

export interface ScriptRun {
  readonly name: ScriptName;
  /** What the script wants to know, besides the time it has. */
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
  const script = await loadScript(name).catch(() => null);
  if (script === null) {
    return {
      ok: false,
      error: collectError('SCRIPT_FAILED', `parts of ${name} are not where the agent was installed`),
    };
  }
  const job = { script, parameters: { ...parameters, ...budgetOf(timeoutMs) }, timeoutMs };
  // The answer travels packed, so this leaves room for noise around it.
  const result = await runner.run({ ...job, maxOutputBytes: maxAnswerBytes }, signal);
  if (result.status === 'failed') return { ok: false, error: withStderr(result.error, result.stderrTail) };
  const unpacked = await unpackEnvelope(result.stdout, maxAnswerBytes);
  return unpacked.ok ? unpacked : { ok: false, error: explain(unpacked, result) };
}

/** The time that a script may take before it writes its answer, and how long it waits for one thing that it asks aside. */
function budgetOf(timeoutMs: number): PowerShellJob['parameters'] {
  const budgetMs = timeoutMs - Math.min(BUDGET_RESERVE_MAX_MS, timeoutMs * BUDGET_RESERVE_RATIO);
  return {
    budgetMs: Math.round(budgetMs),
    questionTimeoutMs: Math.round(Math.min(QUESTION_TIMEOUT_MAX_MS, budgetMs / 2)),
  };
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
