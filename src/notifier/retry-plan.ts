import { DAY_MS, HOUR_MS, MINUTE_MS } from '../core/units.ts';
import type { DeliveryFailure } from '../ports.ts';

/** After this a message is given up: whoever gets it then is told of a state that is long past. */
export const GIVE_UP_AFTER_MS = 3 * DAY_MS;

const WAITS_MS = [1, 2, 5, 10, 30, 60].map((minutes) => minutes * MINUTE_MS);

/** Accounts get locked by many wrong passwords: what only hands can mend is not hurried. */
const SLOW_MS = HOUR_MS;

/** Spread of the waits, so that agents that share a server do not come back all at once. */
const JITTER = 0.2;

export interface Failed {
  /** Attempts so far, the one that failed included. */
  readonly attempts: number;
  /** Whether waiting alone may mend it. */
  readonly retry: boolean;
}

/** How long to wait after a failed attempt. `random` is from 0 to 1. */
export function waitMs({ attempts, retry }: Failed, random: number): number {
  const waited = WAITS_MS[Math.min(Math.max(1, attempts), WAITS_MS.length) - 1] ?? SLOW_MS;
  return Math.round((retry ? waited : SLOW_MS) * (1 + JITTER * (random - 0.5)));
}

/** Whether the next message would fail in the same way: it is the server or the way to it, not the message. */
export function isServersFault(reason: DeliveryFailure): boolean {
  return reason === 'auth' || reason === 'tls' || reason === 'connect' || reason === 'timeout';
}
