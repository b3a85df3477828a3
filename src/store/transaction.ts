import type { DatabaseSync } from 'node:sqlite';

/** Runs `work` wholly or not at all. */
export function transaction(db: DatabaseSync, work: () => void): void {
  db.exec('BEGIN IMMEDIATE');
  try {
    work();
    db.exec('COMMIT');
  } catch (error) {
    // On a full disk SQLite has rolled back already, and a second time would be an error of its own.
    if (db.isTransaction) db.exec('ROLLBACK');
    throw error;
  }
}
