import { isDeepStrictEqual } from 'node:util';
import cron, { type ScheduledTask } from 'node-cron';
import type { ScheduleConfig } from '../config/config.ts';
import { MINUTE_MS } from '../core/units.ts';
import type { Clock, Timers } from '../ports.ts';

/** How long the watchdog may be fooled by a slow start. */
const WATCHDOG_EVERY_MS = MINUTE_MS;
const WATCHDOG_GRACE_MS = 2 * MINUTE_MS;

export interface ScheduleEvents {
  /** A scan is due. Must not reject. */
  readonly scan: () => Promise<void>;
  /** A scan was due while the previous one still ran. */
  readonly skipped: () => void;
  /** Nothing was started although it was due; the schedule was started anew. */
  readonly stalled: (overdueMs: number) => void;
}

export interface ScheduleDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  /** From 0 to 1. */
  readonly random: () => number;
}

/** Starts a scan at once and then whenever one is due. Two scans never run at a time. */
export interface Schedule {
  /** Takes up another schedule, without a scan of its own. The same one goes on as it is: what is due stays due. */
  change(config: ScheduleConfig): void;
  /** Starts no further scan, and waits for the one that runs. */
  stop(): Promise<void>;
}

/**
 * The time from a scan that starts now to the next one, for "too old" judgements. A cron schedule may pause at night:
 * the last scan of the evening may get older than one at noon.
 */
export function scanIntervalMs(config: ScheduleConfig): number {
  if (config.type === 'every') return config.everyMs;
  const task = cron.createTask(config.cron, () => {}, cronOptions(config));
  const next = task.getNextRuns(1)[0];
  void task.destroy();
  return Math.max(MINUTE_MS, (next?.getTime() ?? 0) - Date.now() + config.jitterMs);
}

export function startSchedule(initial: ScheduleConfig, events: ScheduleEvents, deps: ScheduleDeps): Schedule {
  let config = initial;
  let stopped = false;
  let running: Promise<void> | null = null;
  let dueAtMs = 0;
  let cancelTicks = (): void => {};
  let cancelJitter = (): void => {};

  const expectNext = (): void => {
    dueAtMs = deps.clock.monotonicMs() + scanIntervalMs(config) + config.jitterMs;
  };
  const start = (): void => {
    if (stopped) return;
    expectNext();
    if (running !== null) {
      events.skipped();
      return;
    }
    running = events.scan().finally(() => {
      running = null;
    });
  };
  const startSoon = (): void => {
    expectNext();
    cancelJitter();
    cancelJitter = deps.timers.after(deps.random() * config.jitterMs, start);
  };
  const arm = (): void => {
    cancelTicks();
    expectNext();
    cancelTicks =
      config.type === 'every'
        ? tickEvery(config.everyMs, startSoon, deps.timers)
        : tickByCron(config, startSoon);
  };
  const watch = (): (() => void) => {
    let wasOverdue = false;
    return tickEvery(
      WATCHDOG_EVERY_MS,
      () => {
        const overdueMs = deps.clock.monotonicMs() - dueAtMs;
        const isOverdue = overdueMs > WATCHDOG_GRACE_MS;
        // Seen twice: after a suspended night or a busy moment the tick itself may be the next thing to happen.
        const hasStalled = isOverdue && wasOverdue;
        wasOverdue = isOverdue && !hasStalled;
        if (!hasStalled) return;
        arm();
        events.stalled(overdueMs);
        start();
      },
      deps.timers,
    );
  };

  arm();
  const cancelWatch = watch();
  start();
  return {
    change(next) {
      // A file that is written anew more often than a scan is due would put it off for ever.
      if (isDeepStrictEqual(next, config)) return;
      config = next;
      arm();
    },
    async stop() {
      stopped = true;
      cancelTicks();
      cancelJitter();
      cancelWatch();
      await running;
    },
  };
}

function tickEvery(everyMs: number, tick: () => void, timers: Timers): () => void {
  let cancel = (): void => {};
  const next = (): void => {
    cancel = timers.after(everyMs, () => {
      next();
      tick();
    });
  };
  next();
  return () => cancel();
}

type CronSchedule = Extract<ScheduleConfig, { type: 'cron' }>;

function tickByCron(config: CronSchedule, tick: () => void): () => void {
  const task: ScheduledTask = cron.schedule(config.cron, tick, cronOptions(config));
  // A slot that was slept through is made up for: a late scan is better than none.
  task.on('execution:missed', tick);
  return () => void task.destroy();
}

function cronOptions(config: CronSchedule): { timezone?: string; suppressMissedWarning: true } {
  const options = { suppressMissedWarning: true } as const;
  return config.timeZone === null ? options : { ...options, timezone: config.timeZone };
}
