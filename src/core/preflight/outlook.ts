import { type ByteSum, sumBytes } from '../byte-sum.ts';
import type { CollectError } from '../collect-error.ts';
import { fileIndex } from '../fold.ts';
import { ageMs } from '../inventory.ts';
import { type Checkpoint, type Disk, type Instant, pathKey, type Volume, volumeOf } from '../model.ts';
import type { SeenVm } from '../rules/seen.ts';
import { HOUR_MS } from '../units.ts';

/** A volume on which a checkpoint would put AVHDX files, and how fast the VM has been filling it. */
export interface VolumeOutlook {
  /** The beginning of its paths; of a volume that is not listed the path of a disk. */
  readonly root: string;
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  readonly error: CollectError | null;
  /** What the VM has written there since its newest checkpoint. */
  readonly written: ByteSum;
}

/** Since when the VM writes into the files it runs on, and why that is not known. */
export type RunningSince =
  | { readonly known: true; readonly checkpoint: Checkpoint; readonly ageMs: number }
  | { readonly known: false; readonly why: string };

export interface Outlook {
  /** By the first disk on each. */
  readonly volumes: readonly VolumeOutlook[];
  readonly since: RunningSince;
}

/** An average over less says more of the first minutes of an AVHDX than of the VM. */
const SHORTEST_MS = HOUR_MS;

/** The volumes of the disks that a checkpoint would hold; `null` when the disks were not read. */
export function outlookOf(seen: SeenVm, now: Instant): Outlook | null {
  const { vm, reading } = seen;
  if (vm.disks === null) return null;
  const files = fileIndex(reading);
  const byVolume = Map.groupBy(coveredPaths(vm.disks), (path) => volumeOf(path, reading.volumes) ?? path);
  const since = runningSince(seen, now);
  const running = new Set(
    since.known ? (seen.chain.checkpoints.get(since.checkpoint.id)?.layerFiles ?? []) : [],
  );
  return {
    since,
    volumes: [...byVolume].map(([volume, paths]) => {
      // A disk that was attached since the checkpoint has no AVHDX, and is none of the layer's files.
      const keys = [...new Set(paths.map(pathKey))].filter((key) => running.has(key));
      return { ...spaceOf(volume), written: sumBytes(keys.map((key) => files.get(key)?.fileBytes ?? null)) };
    }),
  };
}

function coveredPaths(disks: readonly Disk[]): readonly string[] {
  return disks.flatMap(({ kind, shared, path }) =>
    kind === 'vhd' && !shared && path !== null ? [path] : [],
  );
}

/** What is known of a volume; nothing of one that is told by a path alone. */
function spaceOf(volume: Volume | string): Omit<VolumeOutlook, 'written'> {
  if (typeof volume === 'string') return { root: volume, totalBytes: null, freeBytes: null, error: null };
  const { root, totalBytes, freeBytes, error } = volume;
  return { root, totalBytes, freeBytes, error };
}

function runningSince({ vm, chain, reading }: SeenVm, now: Instant): RunningSince {
  if (vm.checkpoints === null) return { known: false, why: 'its checkpoints were not listed' };
  const checkpoint = vm.checkpoints.find(({ id }) => chain.checkpoints.get(id)?.isRunningLayer === true);
  if (checkpoint === undefined) {
    return { known: false, why: 'nothing was measured yet' };
  }
  // Other branches from it tell that the VM was taken back to it: its files are from then.
  if (chain.checkpoints.get(checkpoint.id)?.childIds.length !== 0) {
    return { known: false, why: 'it was taken back to a checkpoint, nobody knows when' };
  }
  const age = ageMs(reading, checkpoint.createdAt, now);
  if (age === null) return { known: false, why: 'the age of its newest checkpoint is not known' };
  if (age < SHORTEST_MS) return { known: false, why: 'its newest checkpoint is not an hour old' };
  return { known: true, checkpoint, ageMs: age };
}
