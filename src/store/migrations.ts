import type { DatabaseSync } from 'node:sqlite';
import { transaction } from './transaction.ts';

/** `HVCP`, in the head of every database of this agent. */
export const APPLICATION_ID = 0x48564350;

/**
 * The steps from an empty database to the present one; step N makes version N. Never change one that was released:
 * add another.
 */
export const MIGRATIONS: readonly string[] = [
  `
  -- Single values: when people got their baseline, and when they need another.
  CREATE TABLE meta (key TEXT PRIMARY KEY, value INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- Findings with a life, as JSON.
  CREATE TABLE alert (key TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT, WITHOUT ROWID;

  -- Messages; "closed_at" is set when nobody is owed one any more, or when it was given up.
  CREATE TABLE outbox (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    mail TEXT NOT NULL,
    owed TEXT NOT NULL,
    was_accepted INTEGER NOT NULL DEFAULT 0,
    created_at INTEGER NOT NULL,
    attempts INTEGER NOT NULL DEFAULT 0,
    next_attempt_at INTEGER NOT NULL,
    last_failure TEXT,
    closed_at INTEGER
  ) STRICT;
  CREATE INDEX outbox_waiting ON outbox (next_attempt_at) WHERE closed_at IS NULL;

  -- The last good reading of each host, as JSON in raw deflate.
  CREATE TABLE report (host TEXT PRIMARY KEY, saved_at INTEGER NOT NULL, body BLOB NOT NULL) STRICT, WITHOUT ROWID;
  `,
  `
  -- Guests that said to be domain controllers, and when last: while they are off they say nothing.
  CREATE TABLE guest (vm_id TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;

  -- Exceptions of the configuration, since when they are watched, and when they last covered a finding.
  CREATE TABLE exception_use (
    key TEXT PRIMARY KEY, first_seen_at INTEGER NOT NULL, last_matched_at INTEGER
  ) STRICT, WITHOUT ROWID;
  `,
];

/** The version of a database; 0 for an empty one. */
export function schemaVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version ?? 0);
}

/** Brings a database to the newest version, in one transaction. */
export function migrate(db: DatabaseSync, migrations: readonly string[]): void {
  const from = schemaVersion(db);
  if (from === migrations.length) return;
  transaction(db, () => {
    for (const step of migrations.slice(from)) db.exec(step);
    db.exec(`PRAGMA application_id = ${APPLICATION_ID}; PRAGMA user_version = ${migrations.length}`);
  });
}
