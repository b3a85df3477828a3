import type { DatabaseSync } from 'node:sqlite';
import type { HostReading, Instant } from '../core/model.ts';
import { DAY_MS } from '../core/units.ts';
import { parseReading } from './rows.ts';

/** How long the last reading of a host that is no longer watched is kept. */
const KEPT_MS = 90 * DAY_MS;

export interface ReportTable {
  load(): readonly HostReading[];
  save(reading: HostReading, now: Instant): void;
}

/** The last good reading of each host. One that this version cannot read is left out. */
export function reportTable(db: DatabaseSync): ReportTable {
  const all = db.prepare('SELECT body FROM report ORDER BY host');
  const upsert = db.prepare(
    'INSERT INTO report (host, saved_at, body) VALUES (?, ?, ?) ON CONFLICT (host) DO UPDATE SET saved_at = excluded.saved_at, body = excluded.body',
  );
  const prune = db.prepare('DELETE FROM report WHERE saved_at < ?');
  return {
    load: () => all.all().flatMap(({ body }) => parseReading(body) ?? []),
    save(reading, now) {
      upsert.run(reading.host, now, JSON.stringify(reading));
      prune.run(now - KEPT_MS);
    },
  };
}
