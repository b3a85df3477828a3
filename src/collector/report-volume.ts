import { collectError } from '../core/collect-error.ts';
import { pathKey, type Volume } from '../core/model.ts';
import { toCollectError } from './report-error.ts';
import { firstProblem, type WireVolume, wireVolume } from './report-schema.ts';
import type { NamedVolume } from './volume-paths.ts';

const MAX_FILE_SYSTEM_LENGTH = 64;

/** Reads the volume records. A bad one becomes a volume of which nothing is known; it is left out when not even its root can be told. */
export function readVolumes(records: readonly unknown[]): readonly NamedVolume[] {
  const volumes = new Map<string, NamedVolume>();
  for (const [index, record] of records.entries()) {
    const read = readVolume(record, index);
    if (read === null) continue;
    const key = pathKey(read.volume.root);
    if (!volumes.has(key)) volumes.set(key, read);
  }
  return [...volumes.values()];
}

function readVolume(record: unknown, index: number): NamedVolume | null {
  const parsed = wireVolume.safeParse(record);
  if (parsed.success) return { volume: toVolume(parsed.data), volumePath: parsed.data.volumePath ?? null };
  const root = wireVolume.shape.root.safeParse(Object(record).root);
  if (!root.success) return null;
  const error = collectError('RECORD_INVALID', firstProblem(parsed.error, `volumes[${index}]`), root.data);
  return { volume: { ...unknown(root.data), error }, volumePath: null };
}

function toVolume(wire: WireVolume): Volume {
  const { totalBytes, freeBytes } = wire;
  return {
    ...unknown(wire.root),
    fileSystem: wire.fileSystem?.slice(0, MAX_FILE_SYSTEM_LENGTH) || null,
    // Windows gives 0 of 0 for what it does not know.
    ...(totalBytes === 0 ? {} : { totalBytes, freeBytes }),
    error: wire.error === null ? null : toCollectError(wire.error),
  };
}

function unknown(root: string): Volume {
  const slash = /[\\/]$/.test(root) ? '' : '\\';
  return { root: `${root}${slash}`, fileSystem: null, totalBytes: null, freeBytes: null, error: null };
}
