import type { DatabaseSync } from 'node:sqlite';
import type { HostReading, Instant } from '../core/model.ts';
import { alertTable } from './alert-table.ts';
import { schemaVersion } from './migrations.ts';
import { reportTable } from './report-table.ts';
import { parseMail } from './rows.ts';

/** What is kept in a state, counted; nothing of it names anything but the reports, and the mails when they are asked for. */
export interface StateContents {
  readonly schemaVersion: number;
  /** How many alerts there are of each rule, severity and state. */
  readonly alerts: readonly AlertCount[];
  readonly outbox: OutboxCounts;
  readonly reports: readonly HostReading[];
  /** The newest first; `null` when they were not asked for. */
  readonly mails: readonly KeptMail[] | null;
}

export interface AlertCount {
  readonly rule: string;
  readonly severity: string;
  readonly state: 'open' | 'ended';
  readonly isTold: boolean;
  readonly count: number;
}

export interface OutboxCounts {
  readonly waiting: number;
  readonly oldestAt: Instant | null;
  readonly nextAttemptAt: Instant | null;
  readonly mostAttempts: number;
  /** Of the messages that wait, in words. */
  readonly lastFailures: readonly string[];
  /** Messages that were delivered or given up, as far as they are still kept. */
  readonly closed: number;
}

export interface KeptMail {
  readonly composedAt: Instant;
  readonly isWaiting: boolean;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
}

const MOST_FAILURES = 20;
const MOST_MAILS = 50;

export function stateContents(db: DatabaseSync, withMails: boolean): StateContents {
  return {
    schemaVersion: schemaVersion(db),
    alerts: alertCounts(db),
    outbox: outboxCounts(db),
    reports: reportTable(db).load(),
    mails: withMails ? keptMails(db) : null,
  };
}

function alertCounts(db: DatabaseSync): readonly AlertCount[] {
  const kinds = alertTable(db)
    .load()
    .map(({ finding, endedAt, told }): Omit<AlertCount, 'count'> => {
      const { rule, severity } = finding;
      return { rule, severity, state: endedAt === null ? 'open' : 'ended', isTold: told !== null };
    });
  return [...Map.groupBy(kinds, (kind) => JSON.stringify(kind))].flatMap(([, [first, ...more]]) =>
    first === undefined ? [] : [{ ...first, count: 1 + more.length }],
  );
}

function outboxCounts(db: DatabaseSync): OutboxCounts {
  const waiting = db
    .prepare(
      'SELECT count(*) AS waiting, min(created_at) AS oldest, min(next_attempt_at) AS next, max(attempts) AS attempts FROM outbox WHERE closed_at IS NULL',
    )
    .get();
  const failures = db
    .prepare(
      'SELECT DISTINCT last_failure AS failure FROM outbox WHERE closed_at IS NULL AND last_failure IS NOT NULL LIMIT ?',
    )
    .all(MOST_FAILURES);
  const closed = db.prepare('SELECT count(*) AS closed FROM outbox WHERE closed_at IS NOT NULL').get();
  const instant = (value: unknown): Instant | null => (value == null ? null : Number(value));
  return {
    waiting: Number(waiting?.waiting ?? 0),
    oldestAt: instant(waiting?.oldest),
    nextAttemptAt: instant(waiting?.next),
    mostAttempts: Number(waiting?.attempts ?? 0),
    lastFailures: failures.map(({ failure }) => String(failure)),
    closed: Number(closed?.closed ?? 0),
  };
}

function keptMails(db: DatabaseSync): readonly KeptMail[] {
  const rows = db
    .prepare('SELECT mail, closed_at IS NULL AS waits FROM outbox ORDER BY id DESC LIMIT ?')
    .all(MOST_MAILS);
  return rows.flatMap(({ mail, waits }) => {
    const parsed = parseMail(mail);
    if (parsed === null) return [];
    const { composedAt, to, subject, text } = parsed;
    return [{ composedAt, isWaiting: Number(waits) === 1, to, subject, text }];
  });
}
