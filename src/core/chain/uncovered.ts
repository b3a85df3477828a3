import type { Disk } from '../model.ts';
import type { DiskWalk } from './disk-walk.ts';
import type { ChainNode } from './nodes.ts';

/** A disk of the running state that a checkpoint does not hold, so that applying it leaves the disk as it is. */
export interface UncoveredDisk {
  readonly slot: string;
  readonly why: 'passthrough' | 'shared' | 'attached-later';
}

/**
 * What of a VM's disks no checkpoint could hold, whenever it were taken: physical disks, and disks shared with other VMs
 * (Microsoft Learn: "Using checkpoints"; VHD sets need the collections of their cluster).
 */
export function uncoverableDisks(disks: readonly Disk[]): readonly UncoveredDisk[] {
  return disks.flatMap(({ slot, kind, shared }): readonly UncoveredDisk[] => {
    if (kind === 'passthrough') return [{ slot, why: 'passthrough' }];
    return shared || kind === 'vhdset' ? [{ slot, why: 'shared' }] : [];
  });
}

/** The disks of the running state that a checkpoint does not hold, by slot; `null` when its disks, or the VM's, were not read. */
export function uncoveredDisks(
  disks: readonly Disk[] | null,
  now: ChainNode,
  node: ChainNode,
): readonly UncoveredDisk[] | null {
  if (disks === null || !node.known) return null;
  // Nearly all of them.
  if (disks.every(isPlain) && now.walks.every((walk) => isHeld(walk, node))) return NONE;
  // A chain that cannot be followed may lead to any base.
  const isCertain = node.walks.every((walk) => baseOf(walk) !== null);
  const later = now.walks.flatMap((walk): readonly UncoveredDisk[] => {
    const disk = disks.find(({ slot }) => slot === walk.slot);
    if (!isCertain || baseOf(walk) === null || isHeld(walk, node) || disk?.shared === true) return [];
    return [{ slot: walk.slot, why: 'attached-later' }];
  });
  return [...uncoverableDisks(disks), ...later].sort((a, b) => compareText(a.slot, b.slot));
}

/** Order by code units; this folder knows nothing of views. */
function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

const NONE: readonly UncoveredDisk[] = [];

function isPlain({ kind, shared }: Disk): boolean {
  return !shared && (kind === 'vhd' || kind === 'empty');
}

/** Whether a chain of the checkpoint stands upon the same base. */
function isHeld(walk: DiskWalk, { walks }: ChainNode): boolean {
  const base = baseOf(walk);
  return base !== null && walks.some((each) => baseOf(each) === base);
}

/** The file that stays the same for the life of a disk; `null` when it is not known. */
function baseOf({ ended, base, avhds }: DiskWalk): string | null {
  return ended ? (base ?? avhds.at(-1) ?? null) : null;
}
