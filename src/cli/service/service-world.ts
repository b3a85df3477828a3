import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { systemClock, systemTimers } from '../../agent/clock.ts';
import { type LoadedConfig, type LoadInput, loadConfig } from '../../config/load.ts';
import type { Clock, Timers } from '../../ports.ts';
import { type Answering, whoAnswers } from '../agent-status.ts';
import type { CliIo } from '../io.ts';
import { type RunTool, runTool, systemProgram } from './run-tool.ts';
import type { ScWorld } from './service-control.ts';

/** What the commands about the service touch; tests bring their own. */
export interface ServiceWorld {
  readonly run: RunTool;
  /** Of this command. */
  readonly processId: number;
  readonly clock: Clock;
  readonly timers: Timers;
  /** The path of a script that is shipped with the program; `null` when it is not there. */
  readonly findScript: (name: string) => string | null;
  readonly loadConfig: (input: LoadInput) => LoadedConfig;
  readonly askAgent: (base: string, timeoutMs: number, signal: AbortSignal) => Promise<Answering>;
}

export const REAL_SERVICE_WORLD: ServiceWorld = {
  run: runTool,
  processId: process.pid,
  clock: systemClock,
  timers: systemTimers,
  findScript,
  loadConfig,
  askAgent: whoAnswers,
};

/** The name of the service unless another is given. */
export const SERVICE_NAME = 'hyperv-checkpoint-agent';

export function scWorld(world: ServiceWorld, io: CliIo, signal: AbortSignal): ScWorld {
  const { run, clock, timers } = world;
  return { run, clock, timers, signal, sc: systemProgram(io, 'sc.exe') };
}

/**
 * Beside the program; in a checkout in its folder `service`. Nowhere else: it is run as an administrator, and folders above
 * the program may be open to everybody.
 */
function findScript(name: string): string | null {
  const here = fileURLToPath(import.meta.url);
  const isCheckout = here.endsWith('.ts');
  const folder = isCheckout ? join(dirname(here), '..', '..', '..', 'service') : dirname(here);
  const path = join(folder, name);
  return existsSync(path) ? path : null;
}
