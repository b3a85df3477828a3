import { statSync } from 'node:fs';
import type { Timers } from '../ports.ts';

const LOOK_EVERY_MS = 1000;

/** Size and time of the file; `null` while it is not there. */
function mark(path: string): string | null {
  try {
    const { mtimeMs, size, ino } = statSync(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch {
    return null;
  }
}

/**
 * Calls back when the file has changed and then stayed the same for a second: editors and copy tools write in steps.
 * Looks instead of listening, since notifications are lost on network drives and when a file is replaced.
 * @returns a function that ends it
 */
export function watchConfig(path: string, changed: () => void, timers: Timers): () => void {
  let loaded = mark(path);
  let last = loaded;
  let cancel = (): void => {};
  const look = (): void => {
    const seen = mark(path);
    if (seen !== null && seen === last && seen !== loaded) {
      loaded = seen;
      changed();
    }
    last = seen;
    cancel = timers.after(LOOK_EVERY_MS, look);
  };
  cancel = timers.after(LOOK_EVERY_MS, look);
  return () => cancel();
}
