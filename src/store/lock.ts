import { renameSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { isDamage, SQLITE, sqliteCode } from './sqlite-error.ts';

/** Held until it is released or the process ends, however it ends. */
export interface Lock {
  /** A second time does nothing. */
  release(): void;
}

/**
 * Takes the lock that only one agent may hold: a database of its own, locked exclusively, so that readers of the
 * state are not in the way and a killed agent leaves nothing behind that blocks the next.
 * @returns `null` when somebody else holds it. Throws when the file cannot be opened or written.
 */
export function takeLock(path: string): Lock | null {
  try {
    return tryLock(path);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // It holds nothing worth keeping, but deleting files is not this agent's way.
    renameSync(path, `${path}.damaged`);
    return tryLock(path);
  }
}

function tryLock(path: string): Lock | null {
  const db = new DatabaseSync(path, { timeout: 0 });
  try {
    db.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    return {
      release() {
        if (db.isOpen) db.close();
      },
    };
  } catch (error) {
    db.close();
    const code = sqliteCode(error);
    if (code === SQLITE.BUSY || code === SQLITE.LOCKED) return null;
    throw error;
  }
}
