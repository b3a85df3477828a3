import type { Clock, Timers } from '../../src/ports.ts';

/** A clock that only moves when it is told to, and the timers upon it. */
export function fakeTime(startsAt = Date.UTC(2026, 10, 20, 8)) {
  let nowMs = 0;
  let wallOffsetMs = startsAt;
  let timers: { at: number; action: () => void }[] = [];
  const clock: Clock = { now: () => wallOffsetMs + nowMs, monotonicMs: () => nowMs };
  const fake: Timers = {
    after(delayMs, action) {
      const timer = { at: nowMs + delayMs, action };
      timers.push(timer);
      return () => {
        timers = timers.filter((each) => each !== timer);
      };
    },
  };
  return {
    clock,
    timers: fake,
    /** Lets time pass, firing what is due in order, with a turn of the event loop after each. */
    async pass(ms: number): Promise<void> {
      const until = nowMs + ms;
      for (;;) {
        const next = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at)[0];
        if (next === undefined) break;
        timers = timers.filter((each) => each !== next);
        nowMs = Math.max(nowMs, next.at);
        next.action();
        await new Promise((resolve) => setImmediate(resolve));
      }
      nowMs = until;
    },
    /** Lets time pass in which nothing runs: all timers that came due meanwhile are late. */
    sleep(ms: number): void {
      nowMs += ms;
    },
    /** Sets the wall clock forward or back, as people and time services do. */
    stepWallClock(ms: number): void {
      wallOffsetMs += ms;
    },
  };
}
