import { systemErrorText } from '../core/error-codes/system-error.ts';

/** Primary result codes of SQLite that are told apart here (https://www.sqlite.org/rescode.html). */
export const SQLITE = {
  BUSY: 5,
  LOCKED: 6,
  READONLY: 8,
  IOERR: 10,
  CORRUPT: 11,
  FULL: 13,
  CANTOPEN: 14,
  NOTADB: 26,
} as const;

/** The primary result code of an error thrown by node:sqlite; `null` for any other error. */
export function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error) || !('errcode' in error) || typeof error.errcode !== 'number') return null;
  return error.errcode & 0xff;
}

/** Whether the file, not its surroundings, is at fault. */
export function isDamage(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === SQLITE.CORRUPT || code === SQLITE.NOTADB;
}

/** What went wrong in a few words; ends without a full stop. */
export function explain(error: unknown): string {
  switch (sqliteCode(error)) {
    case SQLITE.BUSY:
    case SQLITE.LOCKED:
      return 'another program has locked it';
    case SQLITE.READONLY:
      return 'it is read-only';
    case SQLITE.IOERR:
      return 'the disk reported an error';
    case SQLITE.CORRUPT:
    case SQLITE.NOTADB:
      return 'it is damaged';
    case SQLITE.FULL:
      return 'the disk is full';
    case SQLITE.CANTOPEN:
      return 'it cannot be opened';
    default:
      return systemErrorText(error);
  }
}
