import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../core/alert/alert.ts';
import { HOUR_MS } from '../core/units.ts';
import { parseAlert } from './rows.ts';

/** The alerts. Only those that changed are written. */
export interface AlertTable {
  load(): readonly Alert[];
  /** To be called in a transaction; `commit` the returned function when that has succeeded. */
  replace(alerts: readonly Alert[]): () => void;
}

/**
 * An age or a size that grows is no change by itself, or every alert would be written at every scan. After a restart
 * an alert may look this much older than it was, until its host is read again.
 */
const REFRESHED_AFTER_MS = HOUR_MS;

export function alertTable(db: DatabaseSync): AlertTable {
  const all = db.prepare('SELECT key, body FROM alert ORDER BY key');
  const upsert = db.prepare(
    'INSERT INTO alert (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
  );
  const remove = db.prepare('DELETE FROM alert WHERE key = ?');
  // One that this version cannot read is `null`: it is left out, and goes at the next change.
  let stored: ReadonlyMap<string, Alert | null> = new Map(
    all.all().map(({ key, body }) => [String(key), parseAlert(body)]),
  );

  return {
    load() {
      return [...stored.values()].flatMap((alert) => alert ?? []);
    },
    replace(alerts) {
      const wanted = new Map<string, Alert>();
      for (const alert of alerts) {
        const before = stored.get(alert.key) ?? null;
        const isKept = before !== null && isStillTrue(before, alert);
        if (!isKept) upsert.run(alert.key, JSON.stringify(alert));
        wanted.set(alert.key, isKept ? before : alert);
      }
      for (const key of stored.keys()) {
        if (!wanted.has(key)) remove.run(key);
      }
      return () => {
        stored = wanted;
      };
    },
  };
}

/** Whether what is stored says all that matters later on. */
function isStillTrue(before: Alert, now: Alert): boolean {
  const passedMs = now.lastSeenAt - before.lastSeenAt;
  if (passedMs < 0 || passedMs >= REFRESHED_AFTER_MS) return false;
  const meant = meaning(now);
  return meaning(before).every((value, index) => value === meant[index]);
}

/** All of an alert but what moves by itself: when it was seen last, its value, and the sentence with the value. */
function meaning({ finding, told, ...alert }: Alert): readonly unknown[] {
  const { vm, checkpoint } = finding;
  return [
    ...[alert.startedAt, alert.absences, alert.absentAt, alert.endedAt, alert.milderSince],
    ...[told?.severity, told?.at, told?.wasExcepted],
    ...[finding.severity, finding.host, finding.subject, finding.sinceAt],
    ...[vm?.id, vm?.name, checkpoint?.id, checkpoint?.name, checkpoint?.kind],
    ...[finding.threshold?.unit, finding.threshold?.value, finding.reason, finding.advice],
    ...[finding.owner, finding.exception?.reason, finding.exception?.untilAt],
  ];
}
