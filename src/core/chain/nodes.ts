import { type Disk, type DiskFile, pathKey, type Vm } from '../model.ts';
import { type DiskWalk, walkDisks } from './disk-walk.ts';

/** A checkpoint, or the running state (`id: null`), with the files it references and their chains. */
export interface ChainNode {
  readonly id: string | null;
  readonly parentId: string | null;
  /** Whether its disks were read. When not, what it references is unknown. */
  readonly known: boolean;
  /** Path keys of the files it references. */
  readonly references: ReadonlySet<string>;
  readonly slots: ReadonlySet<string>;
  readonly walks: readonly DiskWalk[];
  readonly hasVhdSet: boolean;
}

/** The checkpoint tree of a VM with the running state as one more leaf. */
export interface NodeTree {
  /** Sorted by id, the running state last, so that the order of input does not matter. */
  readonly nodes: readonly ChainNode[];
  readonly now: ChainNode;
  readonly byId: ReadonlyMap<string, ChainNode>;
  readonly childrenOf: ReadonlyMap<string, readonly ChainNode[]>;
}

export function buildNodes(vm: Vm, files: ReadonlyMap<string, DiskFile>): NodeTree {
  const checkpoints = [...(vm.checkpoints ?? [])].sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
  const now = node(null, vm.parentCheckpointId, vm.disks, files);
  const byId = new Map(checkpoints.map((c) => [c.id, node(c.id, c.parentId, c.disks, files)]));
  const nodes = [...byId.values(), now];
  const childrenOf = new Map<string, ChainNode[]>();
  for (const child of nodes) {
    if (child.parentId === null) continue;
    childrenOf.set(child.parentId, [...(childrenOf.get(child.parentId) ?? []), child]);
  }
  return { nodes, now, byId, childrenOf };
}

function node(
  id: string | null,
  parentId: string | null,
  disks: readonly Disk[] | null,
  files: ReadonlyMap<string, DiskFile>,
): ChainNode {
  const virtualDisks = (disks ?? []).filter((disk) => disk.kind === 'vhd' && disk.path !== null);
  return {
    id,
    parentId,
    known: disks !== null,
    references: new Set(virtualDisks.map((disk) => pathKey(disk.path ?? ''))),
    slots: new Set(virtualDisks.map((disk) => disk.slot)),
    walks: walkDisks(virtualDisks, files),
    hasVhdSet: (disks ?? []).some((disk) => disk.kind === 'vhdset'),
  };
}

/** The checkpoints a node descends from, nearest first. Ends for any input. */
export function ancestors(start: ChainNode, tree: NodeTree): readonly ChainNode[] {
  const found: ChainNode[] = [];
  const seen = new Set<string>(start.id === null ? [] : [start.id]);
  let parentId = start.parentId;
  while (parentId !== null && !seen.has(parentId)) {
    const parent = tree.byId.get(parentId);
    if (parent === undefined) break;
    seen.add(parentId);
    found.push(parent);
    parentId = parent.parentId;
  }
  return found;
}
