import { statSync } from 'node:fs';
import type { Timers } from '../ports.ts';

const LOOK_EVERY_MS = 1000;

export interface WatchedFile {
  readonly path: string;
  readonly mark: string | null;
  /** Files beside it that what was read last was made from: a change of one is a change of all. */
  readonly companions: () => readonly string[];
}

/** What came of reading the file: `read`, for good or ill, or to be tried again, about which somebody was told or not. */
export type Attempt = 'read' | 'told' | 'quiet';

export interface WatchEvents {
  /**
   * Reads the file. One that could not be read just now is tried again at the next look.
   * @param quietTries how many tries in a row have failed untold; `null` when one of them was told
   */
  readonly changed: (quietTries: number | null) => Attempt;
  readonly gone: () => void;
}

/** Tells one state of a file from another; `null` while it is not there. */
export function fileMark(path: string): string | null {
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
 * A file that cannot be read at that moment, since an editor holds it, has still changed at the next look.
 * Whatever becomes of a companion is a change.
 * Tells once when the file that was read is gone for a second, and again only after it was back.
 * @param file its path, and its mark from before it was read: what was written since then counts as a change
 * @returns a function that ends it
 */
export function watchConfig(file: WatchedFile, { changed, gone }: WatchEvents, timers: Timers): () => void {
  const withCompanions = (mark: string | null): string | null =>
    mark === null ? null : [mark, ...file.companions().map((path) => fileMark(path) ?? 'gone')].join('\n');
  let loaded = withCompanions(file.mark);
  let last = withCompanions(fileMark(file.path));
  let quietTries: number | null = 0;
  let isMissed = false;
  let cancel = (): void => {};
  const look = (): void => {
    const own = fileMark(file.path);
    const seen = withCompanions(own);
    if (seen === null || seen === loaded) quietTries = 0;
    else if (seen === last) {
      const attempt = changed(quietTries);
      if (attempt === 'read') {
        // They may be others now.
        loaded = withCompanions(own);
        quietTries = 0;
      } else if (attempt === 'told') quietTries = null;
      else if (quietTries !== null) quietTries += 1;
    }
    if (seen === null && last === null && loaded !== null && !isMissed) {
      isMissed = true;
      gone();
    }
    if (seen !== null) isMissed = false;
    last = seen;
    cancel = timers.after(LOOK_EVERY_MS, look);
  };
  cancel = timers.after(LOOK_EVERY_MS, look);
  return () => cancel();
}
