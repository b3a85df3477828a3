import cron, { type ScheduledTask } from 'node-cron';
import type { ScheduleConfig } from '../config/config.ts';
import type { Clock, Timers } from '../ports.ts';

/** How long the watchdog may be fooled by a slow start. */
const WATCHDOG_EVERY_MS = 60_000;
const WATCHDOG_GRACE_MS = 120_000;

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
  /** Takes up another schedule, without a scan of its own. */
  change(config: ScheduleConfig): void;
  /** Starts no further scan, and waits for the one that runs. */
  stop(): Promise<void>;
}

/** The time between two scans, for "too old" judgements: of a cron schedule the longest wait among the next ones. */
export function scanIntervalMs(config: ScheduleConfig): number {
  if (config.type === 'every') return config.everyMs;
  const task = cron.createTask(config.cron, () => {}, cronOptions(config));
  const runs = task.getNextRuns(50).map((run) => run.getTime());
  const gaps = runs.slice(1).map((run, index) => run - (runs[index] ?? run));
  void task.destroy();
  return Math.max(60_000, ...gaps);
}

export function startSchedule(initial: ScheduleConfig, events: ScheduleEvents, deps: ScheduleDeps): Schedule {
  let config = initial;
  let stopped = false;
  let running: Promise<void> | null = null;
  let lastStartMs = deps.clock.monotonicMs();
  let intervalMs = scanIntervalMs(config);
  let cancelTicks = (): void => {};
  let cancelJitter = (): void => {};

  const start = (): void => {
    if (stopped) return;
    lastStartMs = deps.clock.monotonicMs();
    if (running !== null) {
      events.skipped();
      return;
    }
    running = events.scan().finally(() => {
      running = null;
    });
  };
  const startSoon = (): void => {
    cancelJitter();
    cancelJitter = deps.timers.after(deps.random() * config.jitterMs, start);
  };
  const arm = (): void => {
    cancelTicks();
    intervalMs = scanIntervalMs(config);
    cancelTicks =
      config.type === 'every'
        ? tickEvery(config.everyMs, startSoon, deps.timers)
        : tickByCron(config, startSoon);
  };
  const watch = (): (() => void) =>
    tickEvery(
      WATCHDOG_EVERY_MS,
      () => {
        const overdueMs = deps.clock.monotonicMs() - lastStartMs - config.jitterMs - intervalMs;
        if (overdueMs <= WATCHDOG_GRACE_MS) return;
        arm();
        events.stalled(overdueMs);
        start();
      },
      deps.timers,
    );

  arm();
  const cancelWatch = watch();
  start();
  return {
    change(next) {
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
