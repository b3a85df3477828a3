import fc from 'fast-check';
import type { Checkpoint, Disk, DiskFile, Vm } from '../../src/core/model.ts';
import { pathKey } from '../../src/core/model.ts';

/** A VM that lived through a random history, and who really owns each of its AVHDX files. */
export interface LivedVm {
  readonly vm: Vm;
  readonly files: ReadonlyMap<string, DiskFile>;
  /** Path key to the id of the checkpoint it was made for, or that inherited it; `null` when no checkpoint knows it. */
  readonly ownerOf: ReadonlyMap<string, string | null>;
}

interface SimCheckpoint {
  readonly id: string;
  parentId: string | null;
  refs: Map<string, string>;
}

/** Plays what Hyper-V does to files when checkpoints are taken, applied and deleted, and disks added, moved and removed. */
class VmHistory {
  #next = 0;
  #checkpoints: SimCheckpoint[] = [];
  #now: Map<string, string> = new Map();
  #nowParent: string | null = null;
  #parentOf = new Map<string, string | null>();
  #sizes = new Map<string, number>();
  #owner = new Map<string, string | null>();
  #detached: string[] = [];

  constructor() {
    this.addDisk();
  }

  #id(): string {
    this.#next += 1;
    return String(this.#next).padStart(4, '0');
  }

  #child(parent: string, checkpointId: string): string {
    const path = `C:\\VMs\\disk_${this.#id()}.avhdx`;
    this.#parentOf.set(path, parent);
    this.#owner.set(path, checkpointId);
    this.#sizes.set(path, 4_194_304);
    return path;
  }

  addDisk(): void {
    const path = `C:\\VMs\\base${this.#id()}.vhdx`;
    this.#parentOf.set(path, null);
    this.#sizes.set(path, 10_000_000);
    this.#now.set(`SCSI:0:${this.#next}`, path);
  }

  take(): void {
    const id = `c${this.#id()}`;
    this.#checkpoints.push({ id, parentId: this.#nowParent, refs: new Map(this.#now) });
    this.#nowParent = id;
    for (const [slot, path] of this.#now) this.#now.set(slot, this.#child(path, id));
  }

  apply(pick: number): void {
    const checkpoint = this.#pick(pick);
    if (checkpoint === undefined) return;
    this.#nowParent = checkpoint.id;
    this.#now = new Map([...checkpoint.refs].map(([slot, path]) => [slot, this.#child(path, checkpoint.id)]));
  }

  write(bytes: number): void {
    for (const path of this.#now.values()) this.#sizes.set(path, (this.#sizes.get(path) ?? 0) + bytes);
  }

  moveDisk(pick: number): void {
    const slots = [...this.#now.keys()];
    const slot = slots[pick % Math.max(1, slots.length)];
    const path = slot === undefined ? undefined : this.#now.get(slot);
    if (slot === undefined || path === undefined) return;
    this.#now.delete(slot);
    this.#now.set(`SCSI:1:${this.#id()}`, path);
  }

  detach(pick: number): void {
    const slots = [...this.#now.keys()];
    const slot = slots[pick % Math.max(1, slots.length)];
    if (slot === undefined || slots.length < 2) return;
    this.#detached.push(this.#now.get(slot) ?? '');
    this.#now.delete(slot);
  }

  /** Deletes a checkpoint: its layer merges into its files when it has one child, and passes to its parent when it has more. */
  remove(pick: number): void {
    const checkpoint = this.#pick(pick);
    if (checkpoint === undefined) return;
    const children = this.#checkpoints.filter((other) => other.parentId === checkpoint.id).length;
    const nowIsChild = this.#nowParent === checkpoint.id;
    if (children + (nowIsChild ? 1 : 0) === 1) this.#mergeLayer(checkpoint);
    for (const [path, owner] of this.#owner) {
      if (owner === checkpoint.id) this.#owner.set(path, this.#heir(path, checkpoint));
    }
    this.#checkpoints = this.#checkpoints.filter((other) => other !== checkpoint);
    for (const other of this.#checkpoints) {
      if (other.parentId === checkpoint.id) other.parentId = checkpoint.parentId;
    }
    if (nowIsChild) this.#nowParent = checkpoint.parentId;
  }

  /** Who has a file once its checkpoint is gone: the nearest ancestor that knows the disk; one added later has none. */
  #heir(path: string, checkpoint: SimCheckpoint): string | null {
    const below = new Set<string>();
    for (let file = this.#parentOf.get(path); file != null; file = this.#parentOf.get(file)) below.add(file);
    let ancestor = this.#checkpoints.find(({ id }) => id === checkpoint.parentId);
    while (ancestor !== undefined && ![...ancestor.refs.values()].some((file) => below.has(file))) {
      const { parentId } = ancestor;
      ancestor = this.#checkpoints.find(({ id }) => id === parentId);
    }
    return ancestor?.id ?? null;
  }

  #mergeLayer(checkpoint: SimCheckpoint): void {
    for (const path of [...this.#owner]
      .filter(([, owner]) => owner === checkpoint.id)
      .map(([each]) => each)) {
      const parent = this.#parentOf.get(path);
      if (parent == null) continue;
      this.#sizes.set(parent, (this.#sizes.get(parent) ?? 0) + (this.#sizes.get(path) ?? 0));
      this.#owner.delete(path);
      this.#parentOf.delete(path);
      const moved = (refs: Map<string, string>) =>
        new Map([...refs].map(([slot, each]) => [slot, each === path ? parent : each] as const));
      this.#now = moved(this.#now);
      for (const other of this.#checkpoints) other.refs = moved(other.refs);
      this.#detached = this.#detached.map((each) => (each === path ? parent : each));
      for (const [child, each] of this.#parentOf) if (each === path) this.#parentOf.set(child, parent);
    }
  }

  #pick(pick: number): SimCheckpoint | undefined {
    return this.#checkpoints[pick % Math.max(1, this.#checkpoints.length)];
  }

  result(): LivedVm {
    const files = new Map<string, DiskFile>();
    for (const [path, parent] of this.#parentOf)
      files.set(pathKey(path), file(path, this.#sizes.get(path) ?? 0, parent));
    const disks = (refs: ReadonlyMap<string, string>): Disk[] =>
      [...refs].map(([slot, path]) => ({ slot, kind: 'vhd', path, shared: false }));
    const checkpoints = this.#checkpoints.map((each) =>
      checkpointOf(each.id, each.parentId, disks(each.refs)),
    );
    return {
      vm: vmOf(this.#nowParent, disks(this.#now), checkpoints),
      files,
      ownerOf: new Map([...this.#owner].map(([path, owner]) => [pathKey(path), owner])),
    };
  }
}

function file(path: string, fileBytes: number, parent: string | null): DiskFile {
  return {
    path,
    type: parent === null ? 'dynamic' : 'differencing',
    fileBytes,
    virtualBytes: 50_000_000,
    parent: { known: true, path: parent?.toUpperCase() ?? null },
    lastWriteAt: null,
    error: null,
  };
}

function checkpointOf(id: string, parentId: string | null, disks: Disk[]): Checkpoint {
  const type = { code: 0, name: 'Standard' };
  const rest = { createdAt: 0, hasMemory: false, notes: null, systemBytes: null };
  return { id, name: id, type, kind: 'user', parentId, disks, ...rest };
}

function vmOf(parentCheckpointId: string | null, disks: Disk[], checkpoints: Checkpoint[]): Vm {
  return {
    id: 'vm',
    name: 'vm',
    state: { code: 2, name: 'Running' },
    operationalStatus: [2],
    replicationMode: 'none',
    generation: 2,
    isClustered: false,
    checkpointType: 3,
    automaticCheckpoints: false,
    guestProductType: null,
    notes: null,
    parentCheckpointId,
    disks,
    checkpoints,
    errors: [],
  };
}

const step = fc.oneof(
  { weight: 4, arbitrary: fc.constant((h: VmHistory) => h.take()) },
  { weight: 2, arbitrary: fc.nat(1e9).map((n) => (h: VmHistory) => h.write(n)) },
  { weight: 2, arbitrary: fc.nat(20).map((n) => (h: VmHistory) => h.apply(n)) },
  { weight: 1, arbitrary: fc.nat(20).map((n) => (h: VmHistory) => h.remove(n)) },
  { weight: 1, arbitrary: fc.constant((h: VmHistory) => h.addDisk()) },
  { weight: 1, arbitrary: fc.nat(20).map((n) => (h: VmHistory) => h.moveDisk(n)) },
  { weight: 1, arbitrary: fc.nat(20).map((n) => (h: VmHistory) => h.detach(n)) },
);

/** VMs with random histories of up to 25 steps. */
export const livedVms: fc.Arbitrary<LivedVm> = fc.array(step, { maxLength: 25 }).map((steps) => {
  const history = new VmHistory();
  for (const act of steps) act(history);
  return history.result();
});
