import type { DatabaseSync } from 'node:sqlite';
import type { Alert } from '../core/alert/alert.ts';
import { parseAlert } from './rows.ts';

/** The alerts. Only those that changed are written. */
export interface AlertTable {
  load(): readonly Alert[];
  /** To be called in a transaction; `commit` the returned function when that has succeeded. */
  replace(alerts: readonly Alert[]): () => void;
}

export function alertTable(db: DatabaseSync): AlertTable {
  const all = db.prepare('SELECT key, body FROM alert ORDER BY key');
  const upsert = db.prepare(
    'INSERT INTO alert (key, body) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET body = excluded.body',
  );
  const remove = db.prepare('DELETE FROM alert WHERE key = ?');
  let stored: ReadonlyMap<string, string> = new Map(
    all.all().map((row) => [String(row.key), String(row.body)]),
  );

  return {
    load() {
      return [...stored.values()].flatMap((body) => parseAlert(body) ?? []);
    },
    replace(alerts) {
      const wanted = new Map(alerts.map((alert) => [alert.key, JSON.stringify(alert)]));
      for (const [key, body] of wanted) {
        if (stored.get(key) !== body) upsert.run(key, body);
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
