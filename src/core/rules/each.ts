import type { CheckpointChain } from '../chain.ts';
import { distinctVms, type HostView, type Inventory, type VmView } from '../inventory.ts';
import type { Checkpoint, HostReading } from '../model.ts';

/** A VM with the host and the reading it was seen in. */
export interface SeenVm extends VmView {
  readonly host: HostView;
  readonly reading: HostReading;
}

export interface SeenCheckpoint extends SeenVm {
  readonly checkpoint: Checkpoint;
  readonly links: CheckpointChain | null;
}

/** Maps over every VM once, though it was seen on two hosts while it moved. */
export function flatMapVms<T>(inventory: Inventory, each: (seen: SeenVm) => readonly T[]): readonly T[] {
  return flatMapped(seenIn(inventory).vms, each);
}

/** Maps over every checkpoint of every VM once. */
export function flatMapCheckpoints<T>(
  inventory: Inventory,
  each: (seen: SeenCheckpoint) => readonly T[],
): readonly T[] {
  return flatMapped(seenIn(inventory).checkpoints, each);
}

interface Seen {
  readonly vms: readonly SeenVm[];
  readonly checkpoints: readonly SeenCheckpoint[];
}

/** An inventory never changes, and every rule goes through it. */
const seenInInventory = new WeakMap<Inventory, Seen>();

function seenIn(inventory: Inventory): Seen {
  const known = seenInInventory.get(inventory);
  if (known !== undefined) return known;
  const vms = distinctVms(inventory).flatMap(({ host, view }) =>
    host.reading === null ? [] : [{ ...view, host, reading: host.reading }],
  );
  const checkpoints = vms.flatMap((seen) =>
    (seen.vm.checkpoints ?? []).map((checkpoint) => ({
      ...seen,
      checkpoint,
      links: seen.chain.checkpoints.get(checkpoint.id) ?? null,
    })),
  );
  const seen = { vms, checkpoints };
  seenInInventory.set(inventory, seen);
  return seen;
}

/** Most map to nothing. */
function flatMapped<S, T>(all: readonly S[], each: (one: S) => readonly T[]): readonly T[] {
  const found: T[] = [];
  for (const one of all) for (const result of each(one)) found.push(result);
  return found;
}
