import { type CollectError, collectError } from '../core/collect-error.ts';
import { MIB } from '../core/units.ts';
import { DOCTOR_ANSWER, type DoctorAnswer } from './doctor-schema.ts';
import type { PowerShellRunner } from './powershell-runner.ts';
import { runScript } from './run-script.ts';

export interface DoctorQuestion {
  /** Name of the service: of its event source, and of its events. */
  readonly service: string;
  /** The account of the service, when its SID is wanted. */
  readonly account: string | null;
  /** Files and folders whose access lists are wanted. */
  readonly paths: readonly string[];
  /** Whether the events of the service are wanted. */
  readonly events: boolean;
}

export type AskedDoctor =
  | { readonly ok: true; readonly answer: DoctorAnswer }
  | { readonly ok: false; readonly error: CollectError };

const MAX_ANSWER_BYTES = 4 * MIB;

/** Asks PowerShell what only it can tell of the machine. Reads only; never rejects. */
export async function askDoctorScript(
  { service, account, paths, events }: DoctorQuestion,
  runner: PowerShellRunner,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal },
): Promise<AskedDoctor> {
  // No path of Windows holds the separator.
  const listed = paths.filter((path) => !path.includes('|')).join('|');
  const parameters = { service, account: account ?? '', paths: listed, events };
  const run = { name: 'doctor', parameters, timeoutMs, maxAnswerBytes: MAX_ANSWER_BYTES } as const;
  const answer = await runScript(run, runner, signal);
  if (!answer.ok) return answer;
  const parsed = DOCTOR_ANSWER.safeParse(parseJson(answer.text));
  return parsed.success
    ? { ok: true, answer: parsed.data }
    : { ok: false, error: collectError('JSON_INVALID', parsed.error.issues[0]?.path.join('.') ?? null) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
