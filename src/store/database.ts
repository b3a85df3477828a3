import { existsSync, renameSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Instant } from '../core/model.ts';
import { APPLICATION_ID, migrate, schemaVersion } from './migrations.ts';
import { isDamage } from './sqlite-error.ts';

/** How long a write waits for a reader that is in the way. The event loop waits with it. */
const BUSY_TIMEOUT_MS = 1000;

export type OpenedDatabase =
  | { readonly status: 'open'; readonly db: DatabaseSync; readonly notices: readonly string[] }
  | { readonly status: 'newer'; readonly version: number };

interface OpenInput {
  readonly path: string;
  readonly now: Instant;
  readonly migrations: readonly string[];
}

/**
 * Opens the database, creates it when there is none, and brings an older one up to date after making a copy. One that
 * is damaged, empty or somebody else's is put aside, never deleted, and a new one takes its place; the notices say so.
 * The caller holds the lock. Throws what node:sqlite and the file system throw for other reasons.
 */
export function openDatabase(input: OpenInput): OpenedDatabase {
  const { path, migrations } = input;
  const fault = faultOfFile(path);
  if (fault !== null) return rebuild(input, fault);
  const isNew = !existsSync(path);
  const db = connect(path);
  try {
    const verdict = isNew ? 'good' : inspect(db, migrations.length);
    if (verdict === 'newer') {
      const version = schemaVersion(db);
      db.close();
      return { status: 'newer', version };
    }
    if (verdict === 'good') return { status: 'open', db, notices: prepare(db, input) };
    db.close();
    return rebuild(input, verdict.fault);
  } catch (error) {
    if (db.isOpen) db.close();
    if (isDamage(error)) return rebuild(input, 'is damaged');
    throw error;
  }
}

/** SQLite takes a file of zero bytes for a new database: what it held would be lost without a word. */
function faultOfFile(path: string): string | null {
  if (existsSync(path)) return statSync(path).size === 0 ? 'is empty' : null;
  return existsSync(`${path}-wal`) ? 'is missing, though its journal is there' : null;
}

function connect(path: string): DatabaseSync {
  return new DatabaseSync(path, { timeout: BUSY_TIMEOUT_MS });
}

function inspect(db: DatabaseSync, newest: number): 'good' | 'newer' | { readonly fault: string } {
  const id = Number(db.prepare('PRAGMA application_id').get()?.application_id ?? 0);
  const version = schemaVersion(db);
  const tables = Number(db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.n ?? 0);
  // Creation was interrupted before anything was in it.
  if (id === 0 && version === 0 && tables === 0) return 'good';
  if (id !== APPLICATION_ID || version === 0) return { fault: 'is not a database of this agent' };
  if (version > newest) return 'newer';
  const check = db.prepare('PRAGMA quick_check(1)').get()?.quick_check;
  return check === 'ok' ? 'good' : { fault: 'is damaged' };
}

function prepare(db: DatabaseSync, { path, now, migrations }: OpenInput): readonly string[] {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const version = schemaVersion(db);
  const notices: string[] = [];
  if (version > 0 && version < migrations.length) {
    const copy = freeName(`${path}.version-${version}-${stamp(now)}`);
    db.prepare('VACUUM INTO ?').run(copy);
    notices.push(`The state was brought from version ${version} to ${migrations.length}; ${copy} is a copy.`);
  }
  migrate(db, migrations);
  return notices;
}

function rebuild(input: OpenInput, fault: string): OpenedDatabase {
  const { path, now } = input;
  const aside = freeName(`${path}.damaged-${stamp(now)}`);
  for (const suffix of ['', '-wal', '-shm']) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  const db = connect(path);
  const notices = [
    `The state ${path} ${fault}. It was kept as ${basename(aside)} and begun anew; the next mail lists everything that is open.`,
    ...prepare(db, input),
  ];
  return { status: 'open', db, notices };
}

/** `20261120T103000Z`, which every file system takes. */
function stamp(now: Instant): string {
  return new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
}

function freeName(wanted: string): string {
  let name = wanted;
  for (let attempt = 2; existsSync(name) || existsSync(`${name}-wal`); attempt += 1) {
    name = `${wanted}-${attempt}`;
  }
  return name;
}
