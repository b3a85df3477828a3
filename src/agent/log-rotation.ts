import { closeSync, copyFileSync, existsSync, openSync, renameSync, truncateSync, unlinkSync } from 'node:fs';
import { extname } from 'node:path';
import { systemCode } from '../core/error-codes/system-error.ts';

/** Most older files that can be kept, and the highest number that is taken for one of ours. */
export const MOST_OLDER_FILES = 100;

/** What rotation does to files, each by its path. All of them throw what the file system says. */
export interface FileDeeds {
  exists(path: string): boolean;
  rename(from: string, to: string): void;
  /** Nothing but whether it may be written. */
  openForWriting(path: string): void;
  copy(from: string, to: string): void;
  empty(path: string): void;
  remove(path: string): void;
}

const REAL: FileDeeds = {
  exists: existsSync,
  rename: renameSync,
  openForWriting: (path) => closeSync(openSync(path, 'r+')),
  copy: copyFileSync,
  empty: (path) => truncateSync(path),
  remove: unlinkSync,
};

/** `agent.log` becomes `agent.1.log`, `agent.2.log`, …; the higher, the older. */
export function olderPath(path: string, number: number): string {
  const extension = extname(path);
  return `${path.slice(0, path.length - extension.length)}.${number}${extension}`;
}

/**
 * Makes room for a new file: every older one moves up by one, the oldest goes, and so do those above `maxFiles`.
 * Throws when the file cannot be moved; what it holds is then where it was, and another try goes on from there.
 */
export function rotate(path: string, maxFiles: number, files: FileDeeds = REAL): void {
  for (let number = maxFiles + 1; number <= MOST_OLDER_FILES; number += 1) {
    const beyond = olderPath(path, number);
    if (files.exists(beyond)) discard(beyond, files);
  }
  let free = 1;
  while (free < maxFiles && files.exists(olderPath(path, free))) free += 1;
  for (let number = free; number > 1; number -= 1) {
    move(olderPath(path, number - 1), olderPath(path, number), files);
  }
  move(path, olderPath(path, 1), files);
}

/**
 * On Windows a file cannot be renamed, nor be replaced, while somebody reads it who did not foresee that. Most readers
 * allow writing all the same, so that its content can go where the file cannot.
 */
function move(from: string, to: string, files: FileDeeds): void {
  try {
    files.rename(from, to);
    return;
  } catch (error) {
    if (!isKeptOpen(error)) throw error;
  }
  // First, for a copy beside what it was copied from would be there twice.
  files.openForWriting(from);
  try {
    files.copy(from, to);
  } catch (error) {
    // On a full disk a part of it is there.
    if (!isKeptOpen(error)) discard(to, files);
    throw error;
  }
  files.empty(from);
}

function isKeptOpen(error: unknown): boolean {
  return ['EBUSY', 'EPERM', 'EACCES'].includes(systemCode(error) ?? '');
}

function discard(path: string, files: FileDeeds): void {
  try {
    files.remove(path);
  } catch {
    // It is kept open; the next rotation is another chance.
  }
}
