import {
  appendFileSync,
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** A file that is kept within bounds, with one older generation beside it. */
export interface CappedFile {
  readonly path: string;
  readonly olderPath: string;
  readonly maxBytes: number;
}

export function cappedFile(folder: string, name: string, maxBytes: number): CappedFile {
  return {
    path: join(folder, `${name}.log`),
    olderPath: join(folder, `${name}.1.log`),
    maxBytes,
  };
}

/** For a process that writes into it by itself. Appending, so that it goes on at the start when the file is emptied. */
export function openForAppending({ path }: CappedFile): number {
  return openSync(path, 'a');
}

export function append(file: CappedFile, text: string): void {
  appendFileSync(file.path, text);
  cap(file);
}

/**
 * Once the file is too long, its last bytes become the older generation and it begins anew. It is emptied rather than
 * renamed, because a process may hold it open; what that writes in between is lost.
 */
export function cap({ path, olderPath, maxBytes }: CappedFile): void {
  if ((statSync(path, { throwIfNoEntry: false })?.size ?? 0) <= maxBytes) return;
  const file = openSync(path, 'r+');
  try {
    const { size } = fstatSync(file);
    const last = Buffer.alloc(Math.min(size, maxBytes));
    const length = readSync(file, last, 0, last.length, size - last.length);
    writeFileSync(olderPath, last.subarray(0, length));
    ftruncateSync(file, 0);
  } finally {
    closeSync(file);
  }
}
