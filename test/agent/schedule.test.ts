import { describe, expect, it } from 'vitest';
import { type ScheduleEvents, scanIntervalMs, startSchedule } from '../../src/agent/schedule.ts';
import type { ScheduleConfig } from '../../src/config/config.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import { fakeTime } from './fake-time.ts';

const every = (everyMs: number, jitterMs = 0): ScheduleConfig => ({ type: 'every', everyMs, jitterMs });

/** A schedule on a clock of our own, with a record of what it did: minutes since the start. */
function scheduled(config: ScheduleConfig, scan?: () => Promise<void>, random = 0) {
  const time = fakeTime();
  const log: string[] = [];
  const minute = (): number => Math.round(time.clock.monotonicMs() / MINUTE_MS);
  const events: ScheduleEvents = {
    async scan() {
      log.push(`${minute()} scan`);
      await scan?.();
    },
    skipped: () => log.push(`${minute()} skipped`),
    stalled: () => log.push(`${minute()} stalled`),
  };
  const schedule = startSchedule(config, events, { ...time, random: () => random });
  return { ...time, schedule, log };
}

describe('a schedule', () => {
  it('scans at the start and then at every interval', async () => {
    const { pass, log, schedule } = scheduled(every(15 * MINUTE_MS));
    await pass(45 * MINUTE_MS);
    expect(log).toEqual(['0 scan', '15 scan', '30 scan', '45 scan']);
    await schedule.stop();
  });

  it('can wait longer than cron and longer than a timer of Node', async () => {
    const { pass, log, schedule } = scheduled(every(36 * HOUR_MS));
    await pass(3 * DAY_MS);
    expect(log).toEqual(['0 scan', '2160 scan', '4320 scan']);
    await schedule.stop();
  });

  it('never runs two scans at a time, and counts what it skipped', async () => {
    const slow = Promise.withResolvers<void>();
    const { pass, log, schedule } = scheduled(every(15 * MINUTE_MS), () => slow.promise);
    await pass(30 * MINUTE_MS);
    expect(log).toEqual(['0 scan', '15 skipped', '30 skipped']);
    slow.resolve();
    await pass(15 * MINUTE_MS);
    expect(log.at(-1)).toBe('45 scan');
    await schedule.stop();
  });

  it('keeps its pace when the wall clock is set back or forward', async () => {
    const { pass, log, schedule, stepWallClock } = scheduled(every(15 * MINUTE_MS));
    await pass(20 * MINUTE_MS);
    stepWallClock(-HOUR_MS);
    await pass(20 * MINUTE_MS);
    stepWallClock(25 * HOUR_MS);
    await pass(20 * MINUTE_MS);
    expect(log).toEqual(['0 scan', '15 scan', '30 scan', '45 scan', '60 scan']);
    await schedule.stop();
  });

  it('spreads scans by the jitter', async () => {
    const { pass, log, schedule } = scheduled(every(15 * MINUTE_MS, 4 * MINUTE_MS), undefined, 0.5);
    await pass(40 * MINUTE_MS);
    expect(log).toEqual(['0 scan', '17 scan', '32 scan']);
    await schedule.stop();
  });

  it('takes up another interval without a scan of its own', async () => {
    const { pass, log, schedule } = scheduled(every(15 * MINUTE_MS));
    await pass(10 * MINUTE_MS);
    schedule.change(every(5 * MINUTE_MS));
    await pass(11 * MINUTE_MS);
    expect(log).toEqual(['0 scan', '15 scan', '20 scan']);
    await schedule.stop();
  });

  it('scans when it is due, however often the same schedule is taken up again', async () => {
    const { pass, log, schedule } = scheduled(every(15 * MINUTE_MS));
    for (let taken = 0; taken < 10; taken++) {
      await pass(4 * MINUTE_MS);
      schedule.change(every(15 * MINUTE_MS));
    }
    expect(log).toEqual(['0 scan', '15 scan', '30 scan']);
    await schedule.stop();
  });

  it('notices a cron schedule that stopped, scans, and starts it anew', async () => {
    // The real cron never fires here, since no real time passes: just what a clock step does to it.
    const { pass, log, schedule } = scheduled({
      type: 'cron',
      cron: '*/15 * * * *',
      timeZone: 'Europe/Berlin',
      jitterMs: 0,
    });
    await pass(20 * MINUTE_MS);
    // Where in the quarter of an hour the real clock stands decides when it is overdue.
    expect(log.map((line) => line.split(' ')[1]).slice(0, 3)).toEqual(['scan', 'stalled', 'scan']);
    await schedule.stop();
  });

  it('does not call a machine that slept stalled when its timers fire late, watchdog first', async () => {
    const { pass, log, schedule, sleep } = scheduled(every(15 * MINUTE_MS));
    await pass(10 * MINUTE_MS);
    sleep(8 * HOUR_MS);
    await pass(16 * MINUTE_MS);
    expect(log).toEqual(['0 scan', '490 scan', '505 scan']);
    await schedule.stop();
  });

  it('waits for the scan under way when it stops, and starts no other', async () => {
    const slow = Promise.withResolvers<void>();
    const { pass, log, schedule } = scheduled(every(15 * MINUTE_MS), () => slow.promise);
    let stopped = false;
    const stopping = schedule.stop().then(() => {
      stopped = true;
    });
    await pass(HOUR_MS);
    expect(stopped).toBe(false);
    slow.resolve();
    await stopping;
    expect(log).toEqual(['0 scan']);
  });
});

describe(scanIntervalMs, () => {
  it('is the interval itself', () => {
    expect(scanIntervalMs(every(HOUR_MS))).toBe(HOUR_MS);
  });

  it('is the time to the next slot of a cron schedule', () => {
    const yearly = { type: 'cron', cron: '0 0 1 1 *', timeZone: 'UTC', jitterMs: 0 } as const;
    const nextYear = Date.UTC(new Date().getUTCFullYear() + 1, 0, 1);
    expect(scanIntervalMs(yearly)).toBeCloseTo(nextYear - Date.now(), -4);
  });

  it('is never less than a minute', () => {
    const often = { type: 'cron', cron: '* * * * *', timeZone: null, jitterMs: 0 } as const;
    expect(scanIntervalMs(often)).toBe(MINUTE_MS);
  });
});
