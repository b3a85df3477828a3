import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** What an agent remembers: its alerts, and when each began. The agent may run; a copy is read. */
export function alertsIn(stateDir: string): Readonly<Record<string, number>> {
  const copy = mkdtempSync(join(tmpdir(), 'alerts-'));
  try {
    for (const name of readdirSync(stateDir)) {
      if (name === 'agent.db' || name === 'agent.db-wal') cpSync(join(stateDir, name), join(copy, name));
    }
    const db = new DatabaseSync(join(copy, 'agent.db'));
    const rows = db.prepare('SELECT key, body FROM alert').all();
    db.close();
    return Object.fromEntries(rows.map(({ key, body }) => [key, JSON.parse(String(body)).startedAt]));
  } finally {
    rmSync(copy, { recursive: true });
  }
}
