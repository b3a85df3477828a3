import type { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../core/model.ts';
import { DAY_MS } from '../core/units.ts';

/** How long to wait with a new baseline after the last: a server that refuses everything shall not get one a scan. */
const BASELINE_AGAIN_AFTER_MS = DAY_MS;

/** Whether people know what there is. */
export interface Baseline {
  isDone(now: Instant): boolean;
  done(now: Instant): void;
  /** A message was given up before anybody got it: what it said must be said again. */
  lost(now: Instant): void;
}

export function baselineRecord(db: DatabaseSync): Baseline {
  const get = db.prepare('SELECT value FROM meta WHERE key = ?');
  const set = db.prepare(
    'INSERT INTO meta (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
  );
  const remove = db.prepare('DELETE FROM meta WHERE key = ?');
  const read = (key: string): Instant | null => {
    const value = get.get(key)?.value;
    return value === undefined ? null : Number(value);
  };

  return {
    isDone(now) {
      const againAt = read('baseline_again_at');
      // Later than it can be is the word of a clock that was wrong.
      const isAhead = againAt === null || (now < againAt && againAt - now <= BASELINE_AGAIN_AFTER_MS);
      return read('baselined_at') !== null && isAhead;
    },
    done(now) {
      set.run('baselined_at', now);
      remove.run('baseline_again_at');
    },
    lost(now) {
      const doneAt = read('baselined_at');
      if (doneAt === null || read('baseline_again_at') !== null) return;
      // A clock that was wrong when the last one was made must not put off the next for ever.
      const againAt = Math.min(
        Math.max(now, doneAt + BASELINE_AGAIN_AFTER_MS),
        now + BASELINE_AGAIN_AFTER_MS,
      );
      set.run('baseline_again_at', againAt);
    },
  };
}
