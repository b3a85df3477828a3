import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { systemCode } from '../core/error-codes/system-error.ts';
import type { Instant } from '../core/model.ts';
import { count } from '../core/units.ts';
import type { Clock, Store } from '../ports.ts';
import { alertTable } from './alert-table.ts';
import { baselineRecord } from './baseline.ts';
import { type OpenedDatabase, openDatabase } from './database.ts';
import { type Lock, takeLock } from './lock.ts';
import { makeFolder } from './make-folder.ts';
import { memoryTable } from './memory-table.ts';
import { MIGRATIONS } from './migrations.ts';
import { outboxTable } from './outbox-table.ts';
import { packReading, reportTable } from './report-table.ts';
import { explain, SQLITE, sqliteCode } from './sqlite-error.ts';
import { transaction } from './transaction.ts';

export interface StoreProblem {
  /** `locked`: another agent runs on the folder. `newer`: a newer agent wrote it. */
  readonly kind: 'locked' | 'newer' | 'unwritable' | 'full' | 'failed';
  /** For people: what is wrong, with which folder, and what to do. */
  readonly message: string;
}

export type OpenedStore =
  | { readonly ok: true; readonly store: Store; readonly notices: readonly string[] }
  | { readonly ok: false; readonly problem: StoreProblem };

export interface StoreOptions {
  /** Made when it is not there. */
  readonly stateDir: string;
  readonly clock: Clock;
  /** The schema's steps; all of them, but for tests. */
  readonly migrations?: readonly string[];
}

/**
 * Opens the state in a folder as its one writer. What cannot be helped is returned as a problem; what could be helped
 * (a damaged database was put aside and begun anew) is told in the notices.
 */
export function openStore({ stateDir, clock, migrations = MIGRATIONS }: StoreOptions): OpenedStore {
  let lock: Lock | null = null;
  try {
    makeFolder(stateDir, 0o700);
    lock = takeLock(join(stateDir, 'agent.lock'));
    if (lock === null) return problem('locked', LOCKED(stateDir));
    const opened = openDatabase({ path: join(stateDir, 'agent.db'), now: clock.now(), migrations });
    if (opened.status === 'newer') {
      lock.release();
      return problem('newer', NEWER(stateDir, opened.version, migrations.length));
    }
    return started(opened, lock, { stateDir, clock });
  } catch (error) {
    lock?.release();
    return openingFailed(stateDir, error);
  }
}

const LOCKED = (folder: string): string =>
  `Another agent already runs on the state folder ${folder}. Stop it first, or give this one a folder of its own with --state-dir.`;
const NEWER = (folder: string, version: number, known: number): string =>
  `The state in ${folder} was written by a newer version of the agent (schema ${version}; this one knows ${known}). It was left as it is: start the newer version again, or use another folder with --state-dir.`;

function problem(kind: StoreProblem['kind'], message: string): OpenedStore {
  return { ok: false, problem: { kind, message } };
}

function openingFailed(folder: string, error: unknown): OpenedStore {
  const code = sqliteCode(error);
  const cause = systemCode(error) ?? '';
  if (code === SQLITE.FULL || cause === 'ENOSPC') {
    return problem(
      'full',
      `The state folder ${folder} cannot be used: the disk is full. Make room and start again.`,
    );
  }
  const isUnwritable =
    code === SQLITE.CANTOPEN ||
    code === SQLITE.READONLY ||
    ['EACCES', 'EPERM', 'EROFS', 'EEXIST', 'ENOTDIR', 'ENOENT'].includes(cause);
  if (!isUnwritable) {
    return problem('failed', `The state folder ${folder} cannot be used: ${explain(error)}.`);
  }
  return problem(
    'unwritable',
    `The state folder ${folder} cannot be written (${explain(error)}). It must be a folder in which the agent's account may create and change files; choose another with --state-dir.`,
  );
}

function started(
  { db, notices }: Extract<OpenedDatabase, { status: 'open' }>,
  lock: Lock,
  { stateDir, clock }: { readonly stateDir: string; readonly clock: Clock },
): OpenedStore {
  try {
    const store = sqliteStore(db, { stateDir, clock, lock });
    // Rights that allow reading but not writing show now, not at the first alert.
    transaction(db, () => db.exec(`PRAGMA user_version = ${userVersion(db)}`));
    const lost = giveUpUnreadable(db, clock.now());
    return { ok: true, store, notices: [...notices, ...(lost === 0 ? [] : [LOST_MAILS(lost)])] };
  } catch (error) {
    db.close();
    throw error;
  }
}

/** Whoever was owed such a message gets a list of everything that is open instead. */
function giveUpUnreadable(db: DatabaseSync, now: Instant): number {
  let lost = 0;
  transaction(db, () => {
    lost = outboxTable(db).discardUnreadable(now);
    if (lost > 0) baselineRecord(db).lost(now);
  });
  return lost;
}

const LOST_MAILS = (many: number): string =>
  `${count(many, 'waiting mail')} of another version of the agent could not be read; a mail that lists everything that is open follows.`;

function userVersion(db: DatabaseSync): number {
  return Number(db.prepare('PRAGMA user_version').get()?.user_version);
}

interface StoreParts {
  readonly stateDir: string;
  readonly clock: Clock;
  readonly lock: Lock;
}

function sqliteStore(db: DatabaseSync, { stateDir, clock, lock }: StoreParts): Store {
  const alerts = alertTable(db);
  const outbox = outboxTable(db);
  const reports = reportTable(db);
  const baseline = baselineRecord(db);
  const memory = memoryTable(db);

  const read = <T>(work: () => T): T => attempt(stateDir, 'read', work);
  const write = (work: () => void): void => attempt(stateDir, 'written', () => transaction(db, work));

  return {
    loadAlerts: () => alerts.load(),
    isBaselined: () => read(() => baseline.isDone(clock.now())),
    saveAlerts(next, mails, baselined, now) {
      let remember = (): void => {};
      write(() => {
        remember = alerts.replace(next);
        // A new message must not overtake those that wait: the last mail of a thread is what people believe.
        if (mails.length > 0) outbox.hurry(now);
        for (const mail of mails) outbox.add(mail, now);
        if (baselined && !baseline.isDone(now)) baseline.done(now);
      });
      remember();
    },
    dueMails: (now) => read(() => outbox.due(now)),
    outboxState: () => read(() => outbox.state()),
    recordAttempt: (id, result) => write(() => outbox.record(id, result, clock.now())),
    postponeMails: (until) => write(() => outbox.postpone(until)),
    hurryMails: (now) => write(() => outbox.hurry(now)),
    discardMail(id, failure, now) {
      write(() => {
        if (!outbox.discard(id, failure, now)) baseline.lost(now);
      });
    },
    loadMemory: () => memory.load(),
    saveMemory(next) {
      let remember = (): void => {};
      write(() => {
        remember = memory.replace(next);
      });
      remember();
    },
    loadReports: () => read(() => reports.load()).map((report) => ({ host: report.host, report })),
    async saveReport(report) {
      if (report.status !== 'read') return;
      const packed = await packReading(report);
      write(() => reports.save(report.host, packed, clock.now()));
    },
    close() {
      if (db.isOpen) db.close();
      lock.release();
    },
  };
}

function attempt<T>(folder: string, verb: 'read' | 'written', work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw new Error(`The state in ${folder} could not be ${verb}: ${explain(error)}.`, { cause: error });
  }
}
