import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import type { Instant } from '../core/model.ts';
import { HOUR_MS } from '../core/units.ts';
import type { AttemptResult, OutboxRow, OutboxState, OutgoingMail } from '../ports.ts';
import { parseAddresses, parseMail } from './rows.ts';

/** Messages kept after they were delivered or given up. */
const CLOSED_KEPT = 100;
/** No wait is longer than this on purpose: a later one comes from a clock that was wrong. */
const LONGEST_WAIT_MS = 2 * HOUR_MS;

export interface OutboxTable {
  add(mail: OutgoingMail, now: Instant): void;
  due(now: Instant): readonly OutboxRow[];
  state(): OutboxState;
  record(id: number, result: AttemptResult, now: Instant): void;
  postpone(until: Instant): void;
  hurry(now: Instant): void;
  /** Gives up what another version wrote and this one cannot read. @returns how many messages that were */
  discardUnreadable(now: Instant): number;
  /** @returns whether anybody got the message before. */
  discard(id: number, failure: string, now: Instant): boolean;
}

export function outboxTable(db: DatabaseSync): OutboxTable {
  const insert = db.prepare(
    'INSERT INTO outbox (mail, owed, created_at, next_attempt_at) VALUES (?, ?, ?, ?)',
  );
  const due = db.prepare(
    'SELECT * FROM outbox WHERE closed_at IS NULL AND (next_attempt_at <= ?1 OR next_attempt_at > ?1 + ?2) ORDER BY id',
  );
  const waiting = db.prepare('SELECT * FROM outbox WHERE closed_at IS NULL');
  const state = db.prepare(
    'SELECT count(*) AS length, min(created_at) AS oldest, min(next_attempt_at) AS next FROM outbox WHERE closed_at IS NULL',
  );
  const attempt = db.prepare(
    'UPDATE outbox SET owed = ?, was_accepted = was_accepted | ?, attempts = attempts + 1, next_attempt_at = ?, last_failure = ?, closed_at = ? WHERE id = ?',
  );
  const postpone = db.prepare(
    'UPDATE outbox SET next_attempt_at = max(next_attempt_at, ?) WHERE closed_at IS NULL',
  );
  const hurry = db.prepare('UPDATE outbox SET next_attempt_at = ? WHERE closed_at IS NULL');
  const wasAccepted = db.prepare('SELECT was_accepted FROM outbox WHERE id = ?');
  const close = db.prepare('UPDATE outbox SET last_failure = ?, closed_at = ? WHERE id = ?');
  const prune = db.prepare(
    'DELETE FROM outbox WHERE closed_at IS NOT NULL AND id NOT IN (SELECT id FROM outbox WHERE closed_at IS NOT NULL ORDER BY id DESC LIMIT ?)',
  );

  return {
    add(mail, now) {
      insert.run(JSON.stringify(mail), JSON.stringify(mail.to), now, now);
    },
    due(now) {
      return due.all(now, LONGEST_WAIT_MS).flatMap((row) => outboxRow(row) ?? []);
    },
    state() {
      const row = state.get();
      return {
        length: Number(row?.length ?? 0),
        oldestAt: instantOf(row?.oldest),
        nextAttemptAt: instantOf(row?.next),
      };
    },
    record(id, { stillOwed, wasAccepted: accepted, nextAttemptAt, failure }, now) {
      const closedAt = stillOwed.length === 0 ? now : null;
      attempt.run(JSON.stringify(stillOwed), accepted ? 1 : 0, nextAttemptAt, failure, closedAt, id);
      if (closedAt !== null) prune.run(CLOSED_KEPT);
    },
    postpone: (until) => void postpone.run(until),
    hurry: (now) => void hurry.run(now),
    discardUnreadable(now) {
      const unreadable = waiting.all().filter((row) => outboxRow(row) === null);
      for (const { id } of unreadable) close.run('it cannot be read', now, Number(id));
      return unreadable.length;
    },
    discard(id, failure, now) {
      const accepted = Number(wasAccepted.get(id)?.was_accepted ?? 0) === 1;
      close.run(failure, now, id);
      prune.run(CLOSED_KEPT);
      return accepted;
    },
  };
}

function outboxRow(row: Record<string, SQLOutputValue>): OutboxRow | null {
  const mail = parseMail(row.mail);
  const owed = parseAddresses(row.owed);
  if (mail === null || owed === null) return null;
  return {
    id: Number(row.id),
    mail,
    owed,
    createdAt: Number(row.created_at),
    attempts: Number(row.attempts),
    nextAttemptAt: Number(row.next_attempt_at),
    lastFailure: row.last_failure == null ? null : String(row.last_failure),
  };
}

function instantOf(value: SQLOutputValue | undefined): Instant | null {
  return value == null ? null : Number(value);
}
