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
  return distinctVms(inventory).flatMap(({ host, view }) =>
    host.reading === null ? [] : each({ ...view, host, reading: host.reading }),
  );
}

/** Maps over every checkpoint of every VM once. */
export function flatMapCheckpoints<T>(
  inventory: Inventory,
  each: (seen: SeenCheckpoint) => readonly T[],
): readonly T[] {
  return flatMapVms(inventory, (seen) =>
    (seen.vm.checkpoints ?? []).flatMap((checkpoint) =>
      each({ ...seen, checkpoint, links: seen.chain.checkpoints.get(checkpoint.id) ?? null }),
    ),
  );
}
