import type { DatabaseSync } from 'node:sqlite';
import { promisify } from 'node:util';
import { deflateRaw, inflateRawSync, type ZlibOptions } from 'node:zlib';
import type { HostReading, Instant } from '../core/model.ts';
import { DAY_MS, MIB } from '../core/units.ts';
import { parseReading } from './rows.ts';

/** How long the last reading of a host that is no longer watched is kept. */
const KEPT_MS = 90 * DAY_MS;

/** The largest reading that is loaded, unpacked. */
const MAX_BYTES = 512 * MIB;

export interface ReportTable {
  load(): readonly HostReading[];
  save(host: string, packed: Buffer, now: Instant): void;
}

const deflate = promisify<string, ZlibOptions, Buffer>(deflateRaw);

/**
 * A reading as it is stored: JSON in raw deflate (RFC 1951), made on a thread of the pool. A host of thousands of VMs
 * has megabytes, which would be written at every scan while everything else waits.
 */
export function packReading(reading: HostReading): Promise<Buffer> {
  return deflate(JSON.stringify(reading), { level: 1 });
}

function unpackReading(body: unknown): HostReading | null {
  if (!(body instanceof Uint8Array)) return null;
  try {
    return parseReading(inflateRawSync(body, { maxOutputLength: MAX_BYTES }));
  } catch {
    return null;
  }
}

/** The last good reading of each host. One that this version cannot read is left out. */
export function reportTable(db: DatabaseSync): ReportTable {
  const all = db.prepare('SELECT body FROM report ORDER BY host');
  const upsert = db.prepare(
    'INSERT INTO report (host, saved_at, body) VALUES (?, ?, ?) ON CONFLICT (host) DO UPDATE SET saved_at = excluded.saved_at, body = excluded.body',
  );
  const prune = db.prepare('DELETE FROM report WHERE saved_at < ?');
  return {
    load: () => all.all().flatMap(({ body }) => unpackReading(body) ?? []),
    save(host, packed, now) {
      upsert.run(host, now, packed);
      prune.run(now - KEPT_MS);
    },
  };
}
