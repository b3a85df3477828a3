import { SECOND_MS } from '../../core/units.ts';
import type { Clock, Timers } from '../../ports.ts';
import type { RunTool } from './run-tool.ts';
import { type ConfiguredService, parseConfig, parseQuery, type QueriedService } from './sc-output.ts';

/** How the service control manager numbers states. */
export const STATE = { stopped: 1, startPending: 2, stopPending: 3, running: 4 } as const;

/** Error codes of Windows that sc.exe ends with. */
export const WINDOWS_ERROR = {
  accessDenied: 5,
  alreadyRunning: 1056,
  noSuchService: 1060,
  cannotAcceptControl: 1061,
  notActive: 1062,
  /** "The code is in the service-specific exit code." */
  serviceSpecific: 1066,
} as const;

const WORDS: Readonly<Record<number, string>> = {
  5: 'access denied; use a prompt that was opened with "Run as administrator"',
  1053: 'it did not answer in time',
  1055: 'the service database is locked; try again',
  1058: 'it is disabled; sc.exe config NAME start= delayed-auto allows it again',
  1060: 'there is no such service; checkpoint-agent service install makes it',
  1069: 'its account could not log on; it needs the right "Log on as a service"',
  1072: 'it is marked for deletion; close services.msc and Task Manager, or restart Windows',
};

/** What an error code of Windows means for a service. */
export function windowsErrorText(code: number): string {
  const words = WORDS[code];
  return words === undefined ? `error ${code}` : `${words} (error ${code})`;
}

export type Asked<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ScError };

export interface ScError {
  /** The error code of Windows; `null` when sc.exe itself could not be asked. */
  readonly code: number | null;
  readonly text: string;
}

export interface ScWorld {
  readonly run: RunTool;
  /** Path of sc.exe. */
  readonly sc: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly timers: Timers;
  readonly signal: AbortSignal;
}

/** sc.exe answers at once, unless the service control manager itself is stuck. */
const SC_LIMIT_MS = 30 * SECOND_MS;
const LOOK_EVERY_MS = SECOND_MS;
/** Without it a long command line is not told. */
const CONFIG_BYTES = '8192';

export async function queryService(name: string, world: ScWorld): Promise<Asked<QueriedService>> {
  return read(['queryex', name], parseQuery, world);
}

export async function configOfService(name: string, world: ScWorld): Promise<Asked<ConfiguredService>> {
  return read(['qc', name, CONFIG_BYTES], parseConfig, world);
}

async function read<T>(
  args: readonly string[],
  parse: (output: string) => T,
  world: ScWorld,
): Promise<Asked<T>> {
  const result = await callSc(args, world);
  return result.ok ? { ok: true, value: parse(result.value.output) } : result;
}

/** What was asked for was said; whether it came about is for `waitFor` to tell. */
export function askToStart(name: string, world: ScWorld): Promise<Asked<Answer>> {
  return callSc(['start', name], world, [WINDOWS_ERROR.alreadyRunning]);
}

/** Asks once more when the service was on its way up, and could not be asked. */
export async function askToStop(name: string, limitMs: number, world: ScWorld): Promise<Asked<Answer>> {
  const first = await tryToStop(name, world);
  if (!first.ok || first.value.exitCode !== WINDOWS_ERROR.cannotAcceptControl) return first;
  const up = await waitFor(name, { state: STATE.running, limitMs, givenUpIn: STATE.stopped }, world);
  return up.ok && up.value.state === STATE.running ? tryToStop(name, world) : first;
}

function tryToStop(name: string, world: ScWorld): Promise<Asked<Answer>> {
  return callSc(['stop', name], world, [WINDOWS_ERROR.notActive, WINDOWS_ERROR.cannotAcceptControl]);
}

interface Answer {
  readonly exitCode: number;
  readonly output: string;
}

async function callSc(
  args: readonly string[],
  { run, sc, signal }: ScWorld,
  alsoFine: readonly number[] = [],
): Promise<Asked<Answer>> {
  const result = await run({ program: sc, args, timeoutMs: SC_LIMIT_MS }, signal);
  if (result.status === 'failed') {
    return { ok: false, error: { code: null, text: `sc.exe could not be asked: ${result.why}` } };
  }
  const { exitCode, output } = result;
  if (exitCode === 0 || alsoFine.includes(exitCode)) return { ok: true, value: { exitCode, output } };
  return { ok: false, error: { code: exitCode, text: windowsErrorText(exitCode) } };
}

export interface Wait {
  readonly state: number;
  readonly limitMs: number;
  /** A state in which waiting any longer is futile; `null` when there is none. */
  readonly givenUpIn: number | null;
}

/** Looks every second until the service is in a state, or the time is over. @returns how it was last */
export async function waitFor(name: string, wait: Wait, world: ScWorld): Promise<Asked<QueriedService>> {
  const endMs = world.clock.monotonicMs() + wait.limitMs;
  for (;;) {
    const asked = await queryService(name, world);
    if (!asked.ok) return asked;
    const { state } = asked.value;
    const isOver = state === wait.state || (state !== null && state === wait.givenUpIn);
    if (isOver || world.signal.aborted || world.clock.monotonicMs() >= endMs) return asked;
    await pause(world);
  }
}

function pause({ timers, signal }: ScWorld): Promise<void> {
  return new Promise((resolve) => {
    const cancel = timers.after(LOOK_EVERY_MS, end);
    function end(): void {
      signal.removeEventListener('abort', end);
      cancel();
      resolve();
    }
    signal.addEventListener('abort', end);
  });
}
