import { untilInterrupted } from '../interrupt.ts';
import type { CliIo } from '../io.ts';
import type { QueriedService } from './sc-output.ts';
import {
  type Asked,
  askToStart,
  askToStop,
  queryService,
  type ScWorld,
  STATE,
  WINDOWS_ERROR,
  waitFor,
} from './service-control.ts';
import { REAL_SERVICE_WORLD, type ServiceWorld, scWorld } from './service-world.ts';
import { isWindows } from './setup.ts';
import { endText, stateText } from './state-text.ts';

export interface StartStopRequest {
  readonly name: string;
  /** How long the service may take. */
  readonly waitMs: number;
}

/** Starts the service and waits until it runs, which it does when it listens. Exit codes: 0 it runs, 1 it does not. */
export function serviceStart(
  request: StartStopRequest,
  io: CliIo,
  world: ServiceWorld = REAL_SERVICE_WORLD,
): Promise<number> {
  return change(request, io, world, {
    to: STATE.running,
    async ask({ name }, sc) {
      return askToStart(name, sc);
    },
    givenUpIn: STATE.stopped,
    done: 'runs',
    notDone: 'does not run yet',
  });
}

/** Stops the service and waits until it has. Exit codes: 0 it is stopped, 1 it is not. */
export function serviceStop(
  request: StartStopRequest,
  io: CliIo,
  world: ServiceWorld = REAL_SERVICE_WORLD,
): Promise<number> {
  return change(request, io, world, {
    to: STATE.stopped,
    ask: ({ name, waitMs }, sc) => askToStop(name, waitMs, sc),
    givenUpIn: null,
    done: 'is stopped',
    notDone: 'has not stopped yet',
  });
}

interface Change {
  readonly to: number;
  readonly ask: (request: StartStopRequest, sc: ScWorld) => Promise<Asked<unknown>>;
  readonly givenUpIn: number | null;
  readonly done: string;
  readonly notDone: string;
}

async function change(
  request: StartStopRequest,
  io: CliIo,
  world: ServiceWorld,
  { to, ask, givenUpIn, done, notDone }: Change,
): Promise<number> {
  if (!isWindows(io)) return 1;
  const { name, waitMs } = request;
  const interrupt = untilInterrupted();
  try {
    const sc = scWorld(world, io, interrupt.signal);
    const before = await queryService(name, sc);
    if (!before.ok) return tellError(name, before, io);
    if (before.value.state === to) {
      io.stdout.write(`${name} ${done} already.\n`);
      return 0;
    }
    const asked = await ask(request, sc);
    if (!asked.ok) return tellError(name, asked, io);
    const after = await waitFor(name, { state: to, limitMs: waitMs, givenUpIn }, sc);
    if (!after.ok) return tellError(name, after, io);
    if (after.value.state === to) {
      const { pid } = after.value;
      io.stdout.write(`${name} ${done}${pid === null ? '' : ` (process ${pid})`}.\n`);
      return 0;
    }
    io.stderr.write(`${name} ${notDone}: ${howItIs(after.value)}\n`);
    return 1;
  } finally {
    interrupt.dispose();
  }
}

function howItIs(service: QueriedService): string {
  const ended = service.state === STATE.stopped ? endText(service) : null;
  if (ended !== null) return `it stopped again: ${ended}. "checkpoint-agent doctor" tells more.`;
  return `it is ${stateText(service.state)}. "checkpoint-agent service status" tells how it goes on.`;
}

function tellError(name: string, { error }: Extract<Asked<unknown>, { ok: false }>, io: CliIo): number {
  const subject = error.code === null || error.code === WINDOWS_ERROR.noSuchService ? '' : `${name}: `;
  io.stderr.write(`${subject}${error.text}\n`);
  return 1;
}
