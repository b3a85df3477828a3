import { formatInstant } from '../core/render/instant-text.ts';
import { count, HOUR_MS } from '../core/units.ts';
import type { Clock, Timers } from '../ports.ts';

/** Most events of one id in any hour. */
export const EVENTS_PER_HOUR = 20;

/** Lets so many texts through in any hour, and then one that says how many were left out. */
export interface EventLimit {
  tell(text: string): void;
  /** Says what was left out, if anything was, and says nothing more. */
  close(): void;
}

export interface EventLimitWorld {
  readonly clock: Clock;
  readonly timers: Timers;
}

interface LeftOut {
  readonly since: number;
  number: number;
  last: string;
}

export function createEventLimit(
  pass: (text: string) => void,
  { clock, timers }: EventLimitWorld,
): EventLimit {
  /** The moments of those of the last hour. */
  let told: number[] = [];
  let leftOut: LeftOut | null = null;
  let cancel = (): void => {};

  const passNow = (text: string): void => {
    told.push(clock.monotonicMs());
    pass(text);
  };
  const tellLeftOut = (): void => {
    if (leftOut === null) return;
    const { number, since, last } = leftOut;
    leftOut = null;
    passNow(
      `Left out since ${formatInstant(since, null)}, so as not to flood the event log: ${count(number, 'event')} with this id. The last of them: ${last}`,
    );
  };
  return {
    tell(text) {
      const now = clock.monotonicMs();
      told = told.filter((at) => at > now - HOUR_MS);
      if (leftOut !== null) {
        leftOut.number += 1;
        leftOut.last = text;
        return;
      }
      const [oldest] = told;
      if (oldest === undefined || told.length < EVENTS_PER_HOUR) {
        passNow(text);
        return;
      }
      leftOut = { since: clock.now(), number: 1, last: text };
      cancel = timers.after(oldest + HOUR_MS - now, tellLeftOut);
    },
    close() {
      cancel();
      tellLeftOut();
    },
  };
}
