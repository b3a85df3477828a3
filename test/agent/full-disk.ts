import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const TABLES = ['alert', 'outbox', 'report', 'meta'];
const EVENTS = ['INSERT', 'UPDATE', 'DELETE'];

/** Lets every write of an agent to its state fail, as on a full disk. @returns what mends it */
export function breakWrites(stateDir: string): () => void {
  const exec = (sql: (name: string, table: string, event: string) => string): void => {
    const db = new DatabaseSync(join(stateDir, 'agent.db'));
    for (const table of TABLES) {
      for (const event of EVENTS) db.exec(sql(`no_${table}_${event}`, table, event));
    }
    db.close();
  };
  exec(
    (name, table, event) =>
      `CREATE TRIGGER ${name} BEFORE ${event} ON ${table} BEGIN SELECT RAISE(ABORT, 'no room'); END`,
  );
  return () => exec((name) => `DROP TRIGGER ${name}`);
}
