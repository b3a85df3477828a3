import type { DatabaseSync } from 'node:sqlite';
import type { ExceptionUse, GuestFact, PolicyMemory } from '../core/policy/memory.ts';
import { HOUR_MS } from '../core/units.ts';

/** What judging must know of earlier scans. Only what changed is written. */
export interface MemoryTable {
  load(): PolicyMemory;
  /** To be called in a transaction; `commit` the returned function when that has succeeded. */
  replace(memory: PolicyMemory): () => void;
}

/** That a guest is still there is no change by itself. After a restart it was seen this much earlier at most. */
const REFRESHED_AFTER_MS = HOUR_MS;

export function memoryTable(db: DatabaseSync): MemoryTable {
  const allGuests = db.prepare('SELECT vm_id, seen_at FROM guest ORDER BY vm_id');
  const upsertGuest = db.prepare(
    'INSERT INTO guest (vm_id, seen_at) VALUES (?, ?) ON CONFLICT (vm_id) DO UPDATE SET seen_at = excluded.seen_at',
  );
  const removeGuest = db.prepare('DELETE FROM guest WHERE vm_id = ?');
  const allUses = db.prepare('SELECT key, first_seen_at, last_matched_at FROM exception_use ORDER BY key');
  const upsertUse = db.prepare(
    'INSERT INTO exception_use (key, first_seen_at, last_matched_at) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET first_seen_at = excluded.first_seen_at, last_matched_at = excluded.last_matched_at',
  );
  const removeUse = db.prepare('DELETE FROM exception_use WHERE key = ?');
  let stored: PolicyMemory = {
    guests: new Map(
      allGuests.all().map(({ vm_id, seen_at }) => [String(vm_id), { seenAt: Number(seen_at) }]),
    ),
    exceptions: new Map(
      allUses.all().map(({ key, first_seen_at, last_matched_at }): [string, ExceptionUse] => [
        String(key),
        {
          firstSeenAt: Number(first_seen_at),
          lastMatchedAt: last_matched_at === null ? null : Number(last_matched_at),
        },
      ]),
    ),
  };

  return {
    load: () => stored,
    replace(memory) {
      const guests = replaceRows<GuestFact>(stored.guests, memory.guests, {
        isSame: (before, now) => isRecent(before.seenAt, now.seenAt),
        write: (id, { seenAt }) => void upsertGuest.run(id, seenAt),
        remove: (id) => void removeGuest.run(id),
      });
      const exceptions = replaceRows<ExceptionUse>(stored.exceptions, memory.exceptions, {
        isSame: (before, now) =>
          before.firstSeenAt === now.firstSeenAt && isRecent(before.lastMatchedAt, now.lastMatchedAt),
        write: (key, use) => void upsertUse.run(key, use.firstSeenAt, use.lastMatchedAt),
        remove: (key) => void removeUse.run(key),
      });
      return () => {
        stored = { guests, exceptions };
      };
    },
  };
}

function isRecent(before: number | null, now: number | null): boolean {
  if (before === null || now === null) return before === now;
  return now >= before && now - before < REFRESHED_AFTER_MS;
}

interface Rows<T> {
  isSame(before: T, now: T): boolean;
  write(key: string, row: T): void;
  remove(key: string): void;
}

/** Writes what differs. @returns what is stored afterwards. */
function replaceRows<T>(
  before: ReadonlyMap<string, T>,
  now: ReadonlyMap<string, T>,
  rows: Rows<T>,
): ReadonlyMap<string, T> {
  const after = new Map<string, T>();
  for (const [key, row] of now) {
    const known = before.get(key);
    const isKept = known !== undefined && rows.isSame(known, row);
    if (!isKept) rows.write(key, row);
    after.set(key, isKept ? known : row);
  }
  for (const key of before.keys()) if (!now.has(key)) rows.remove(key);
  return after;
}
