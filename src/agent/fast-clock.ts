import { performance } from 'node:perf_hooks';
import type { Instant } from '../core/model.ts';
import type { Clock, Timers } from '../ports.ts';

/** A clock on which time passes faster, and the timers that go with it; for the demo. */
export function createFastClock(
  startsAt: Instant,
  speed: number,
): { readonly clock: Clock; readonly timers: Timers } {
  const startedMs = performance.now();
  const passedMs = (): number => (performance.now() - startedMs) * speed;
  return {
    clock: { now: () => Math.round(startsAt + passedMs()), monotonicMs: passedMs },
    timers: {
      after(delayMs, action) {
        const timer = setTimeout(action, Math.max(0, delayMs) / speed);
        return () => clearTimeout(timer);
      },
    },
  };
}
