import { copyFileSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { StateFacts } from '../core/doctor/facts.ts';
import { GIB } from '../core/units.ts';
import { APPLICATION_ID, MIGRATIONS, schemaVersion } from './migrations.ts';
import { explain, isDamage, SQLITE, sqliteCode } from './sqlite-error.ts';

const READ_TIMEOUT_MS = 1000;
/** Nobody has so large a state; a copy of it would be no small thing. */
const MAX_COPIED_BYTES = 2 * GIB;

/**
 * Whether an agent runs on a state folder; `null` when that cannot be told. Nothing is written, and the lock is shared
 * for less than a millisecond.
 */
export function isStateLocked(folder: string): boolean | null {
  const path = join(folder, 'agent.lock');
  if (!existsSync(path)) return false;
  try {
    const db = new DatabaseSync(path, { readOnly: true, timeout: 0 });
    try {
      db.prepare('SELECT count(*) FROM sqlite_schema').get();
      return false;
    } finally {
      db.close();
    }
  } catch (error) {
    const code = sqliteCode(error);
    if (code === SQLITE.BUSY || code === SQLITE.LOCKED) return true;
    // An agent would put it aside and make another.
    return isDamage(error) ? false : null;
  }
}

/** Whether the database of a state folder is sound. Never throws. */
export function stateDatabase(folder: string, isLocked: boolean | null): StateFacts['database'] {
  const path = join(folder, 'agent.db');
  if (!existsSync(path)) return existsSync(`${path}-wal`) ? 'damaged' : 'missing';
  const looked = readState(folder, isLocked, (db) => verdictOn(db));
  return looked.ok ? looked.value : looked.isDamaged ? 'damaged' : 'unknown';
}

function verdictOn(db: DatabaseSync): 'good' | 'damaged' | 'newer' {
  const id = Number(db.prepare('PRAGMA application_id').get()?.application_id ?? 0);
  const version = schemaVersion(db);
  if (id !== APPLICATION_ID || version === 0) return 'damaged';
  if (version > MIGRATIONS.length) return 'newer';
  return db.prepare('PRAGMA quick_check(1)').get()?.quick_check === 'ok' ? 'good' : 'damaged';
}

export type StateReading<T> =
  | { readonly ok: true; readonly value: T }
  /** `why` completes "cannot be read: …". */
  | { readonly ok: false; readonly isDamaged: boolean; readonly why: string };

/**
 * Reads something from the database of a state folder and changes nothing in it: beside an agent that runs as any reader
 * may, else from a copy, since opening a database with a journal writes. Never throws.
 */
export function readState<T>(
  folder: string,
  isLocked: boolean | null,
  read: (db: DatabaseSync) => T,
): StateReading<T> {
  const path = join(folder, 'agent.db');
  try {
    const size = statSync(path).size;
    if (size === 0) return { ok: false, isDamaged: true, why: 'it is empty' };
    if (isLocked === true) return { ok: true, value: withDatabase(path, true, read) };
    if (size > MAX_COPIED_BYTES) return { ok: false, isDamaged: false, why: 'it is too large to be copied' };
    return { ok: true, value: withCopy(path, read) };
  } catch (error) {
    return { ok: false, isDamaged: isDamage(error), why: explain(error) };
  }
}

function withCopy<T>(path: string, read: (db: DatabaseSync) => T): T {
  // Its owner's alone, as the state is.
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-agent-state-'));
  try {
    const copy = join(folder, 'agent.db');
    copyFileSync(path, copy);
    if (existsSync(`${path}-wal`)) copyFileSync(`${path}-wal`, `${copy}-wal`);
    return withDatabase(copy, false, read);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function withDatabase<T>(path: string, readOnly: boolean, read: (db: DatabaseSync) => T): T {
  const db = new DatabaseSync(path, { readOnly, timeout: READ_TIMEOUT_MS });
  try {
    return read(db);
  } finally {
    db.close();
  }
}
