import { closeSync, fstatSync, openSync, readSync, statSync, truncateSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { systemErrorText } from '../core/error-codes/system-error.ts';
import { MINUTE_MS } from '../core/units.ts';
import type { Clock } from '../ports.ts';
import { makeFolder } from '../store/make-folder.ts';
import { type FileDeeds, rotate } from './log-rotation.ts';

export interface LogFileLimits {
  /** A line that would make the file longer begins a new one. */
  readonly maxBytes: number;
  /** Older files that are kept beside it. */
  readonly maxFiles: number;
}

/**
 * A file for lines that never grows beyond its limits. Everything is done at once and nothing is waited for: what was
 * appended is there when the process dies, and what cannot be written is the caller's to tell.
 */
export interface LogFile {
  /** Appends a line, whole or not at all. Never throws. @returns why it could not, in words; `null` when it could. */
  append(line: string): string | null;
  /** Other limits from now on. */
  use(limits: LogFileLimits): void;
  close(): void;
}

export interface LogFileWorld {
  readonly clock: Clock;
  /** As `writeSync`. */
  readonly write?: Write;
  readonly files?: FileDeeds;
}

type Write = (descriptor: number, bytes: Uint8Array) => number;

/** How long a rotation that failed is not tried again. */
const ROTATE_AGAIN_MS = MINUTE_MS;

/** Rights where the system knows such: what stands in the log is for its owner and group. */
const FILE_MODE = 0o640;
const FOLDER_MODE = 0o750;

interface OpenFile {
  readonly descriptor: number;
  readonly ino: number;
  readonly dev: number;
  /** Whether somebody died in the middle of the last line. */
  isTorn: boolean;
}

/** Nothing is touched before the first line. @param path absolute */
export function createLogFile(path: string, initial: LogFileLimits, world: LogFileWorld): LogFile {
  const { clock, write = writeSync, files } = world;
  let limits = initial;
  let file: OpenFile | null = null;
  /** Why the last rotation failed, and when the next may be tried. */
  let stuck: { readonly why: string; readonly untilMs: number } | null = null;

  const close = (): void => {
    const closing = file;
    file = null;
    if (closing !== null) closeQuietly(closing.descriptor);
  };
  /** The file that has the name now: somebody may have moved or deleted the one that is open. */
  const current = (mode = FILE_MODE): OpenFile => {
    const named = statSync(path, { throwIfNoEntry: false });
    if (named?.isFile() === false) throw new Error(named.isDirectory() ? 'it is a folder' : 'it is no file');
    if (file !== null && named?.ino === file.ino && named.dev === file.dev) return file;
    close();
    makeFolder(dirname(path), FOLDER_MODE);
    file = openFile(path, mode);
    return file;
  };
  const makeRoom = (): OpenFile => {
    if (stuck !== null && clock.monotonicMs() < stuck.untilMs) return current();
    // The next one has the same rights, or fewer.
    const mode = statSync(path).mode & 0o777;
    close();
    try {
      rotate(path, limits.maxFiles, files);
      stuck = null;
    } catch (error) {
      stuck = { why: systemErrorText(error), untilMs: clock.monotonicMs() + ROTATE_AGAIN_MS };
    }
    return current(mode);
  };
  const append = (line: string): string | null => {
    let target = current();
    let { size } = fstatSync(target.descriptor);
    const bytes = Buffer.from(line);
    const fits = (limit: number): boolean => size === 0 || size + bytes.length <= limit;
    if (!fits(limits.maxBytes)) {
      target = makeRoom();
      size = fstatSync(target.descriptor).size;
      // Better a file twice as long than lines that are lost; but there must be an end.
      if (!fits(2 * limits.maxBytes)) return `it is full and cannot be renamed: ${stuck?.why ?? 'unknown'}`;
    }
    try {
      if (target.isTorn) writeWhole(target.descriptor, LINE_END, write);
      target.isTorn = false;
      writeWhole(target.descriptor, bytes, write);
    } catch (error) {
      takeBack(size);
      throw error;
    }
    return null;
  };
  /** What was written of a line that failed is taken away again, which needs no room. */
  const takeBack = (size: number): void => {
    try {
      truncateSync(path, size);
    } catch {
      // Whoever opens it next sees that it is torn.
    }
  };

  return {
    append(line) {
      try {
        return append(line);
      } catch (error) {
        close();
        return systemErrorText(error);
      }
    },
    use(next) {
      limits = next;
    },
    close,
  };
}

const LINE_END = Buffer.from('\n');

function openFile(path: string, mode: number): OpenFile {
  // Reading as well, for its last byte.
  const descriptor = openSync(path, 'a+', mode);
  try {
    const { size, ino, dev } = fstatSync(descriptor);
    const last = Buffer.alloc(1);
    if (size > 0) readSync(descriptor, last, 0, 1, size - 1);
    return { descriptor, ino, dev, isTorn: size > 0 && !last.equals(LINE_END) };
  } catch (error) {
    closeQuietly(descriptor);
    throw error;
  }
}

function writeWhole(descriptor: number, bytes: Uint8Array, write: Write): void {
  for (let rest = bytes; rest.length > 0; ) rest = rest.subarray(write(descriptor, rest));
}

/** Some file systems tell only here that something could not be written; there is nothing left to do about it. */
function closeQuietly(descriptor: number): void {
  try {
    closeSync(descriptor);
  } catch {
    // It is closed all the same.
  }
}
