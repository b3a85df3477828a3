import { type CollectError, collectError } from '../../core/collect-error.ts';
import type { BuiltInKind, Checkpoint, Disk, DiskFile, Instant, Vm } from '../../core/model.ts';
import { GIB, HOUR_MS, MIB } from '../../core/units.ts';
import type { Hours, Story, StoryDisk, StoryEvent } from './story.ts';

/** A differencing disk is born with 4 MiB. */
const FRESH_AVHDX_BYTES = 4 * MIB;

interface Layer {
  readonly path: string;
  readonly parent: string;
  readonly disk: StoryDisk;
  readonly bornAt: Hours;
  frozenAt: Hours | null;
  mergedBytes: number;
}

interface Node {
  readonly id: string;
  readonly name: string;
  readonly kind: BuiltInKind;
  readonly at: Hours;
  readonly memoryGib: number;
  readonly notes: string | null;
  parentId: string | null;
  /** The file each disk had when it was taken. */
  files: readonly string[];
}

interface State {
  readonly story: Story;
  readonly bases: readonly string[];
  readonly layers: Map<string, Layer>;
  nodes: Node[];
  parentId: string | null;
  current: readonly string[];
  vmState: { code: number; name: string };
  locked: boolean;
}

/** The VM and its files as the host would report them at a moment of the demo. */
export function vmAt(
  story: Story,
  at: Hours,
  startedAt: Instant,
): { readonly vm: Vm; readonly files: readonly DiskFile[] } {
  const bases = story.disks.map(
    (_, index) => `C:\\VMs\\${story.name}\\${story.name}${index === 0 ? '' : `-data${index}`}.vhdx`,
  );
  const state: State = {
    story,
    bases,
    layers: new Map(),
    nodes: [],
    parentId: null,
    current: bases.slice(0, story.attachedDisks),
    vmState: { code: 2, name: 'Running' },
    locked: false,
  };
  const events = story.events.filter((event) => event.at <= at).toSorted((a, b) => a.at - b.at);
  for (const event of events) happen(state, event);
  return { vm: toVm(state, startedAt), files: toFiles(state, at, startedAt) };
}

function happen(state: State, event: StoryEvent): void {
  switch (event.do) {
    case 'take':
      take(state, event.at, event);
      return;
    case 'delete':
      remove(state, event.name, event.at, true);
      return;
    case 'delete, but the merge fails':
      remove(state, event.name, event.at, false);
      return;
    case 'revert':
      revert(state, event.name, event.at);
      return;
    case 'attach':
      state.current = [
        ...state.current,
        ...state.bases.slice(state.current.length, state.current.length + 1),
      ];
      return;
    case 'state':
      state.vmState = { code: event.code, name: event.name };
      return;
    case 'lock':
    case 'unlock':
      state.locked = event.do === 'lock';
  }
}

function take(state: State, at: Hours, event: Extract<StoryEvent, { do: 'take' }>): void {
  const node: Node = {
    id: guid(`${state.story.name} ${event.name} ${at}`),
    name: event.name,
    kind: event.kind ?? 'user',
    at,
    memoryGib: event.memoryGib ?? 0,
    notes: event.notes ?? null,
    parentId: state.parentId,
    files: state.current,
  };
  state.nodes.push(node);
  branchOff(state, node, at);
}

function revert(state: State, name: string, at: Hours): void {
  const node = state.nodes.find((each) => each.name === name);
  if (node !== undefined) branchOff(state, node, at);
}

function branchOff(state: State, node: Node, at: Hours): void {
  freeze(state, at);
  state.parentId = node.id;
  state.current = node.files.map((parent, index) => {
    const disk = state.story.disks[index];
    if (disk === undefined) throw new Error(`${state.story.name} has no disk ${index}`);
    const stem = parent.replace(/(_[0-9A-F-]{36})?\.a?vhdx$/, '');
    const path = `${stem}_${guid(`${node.id} ${index} ${at}`).toUpperCase()}.avhdx`;
    state.layers.set(path, { path, parent, disk, bornAt: at, frozenAt: null, mergedBytes: 0 });
    return path;
  });
}

function freeze(state: State, at: Hours): void {
  for (const path of state.current) {
    const layer = state.layers.get(path);
    if (layer !== undefined) layer.frozenAt ??= at;
  }
}

function remove(state: State, name: string, at: Hours, merges: boolean): void {
  const node = state.nodes.find((each) => each.name === name);
  if (node === undefined) return;
  state.nodes = state.nodes.filter((each) => each !== node);
  const children = state.nodes.filter((each) => each.parentId === node.id);
  for (const child of children) child.parentId = node.parentId;
  const wasParentOfNow = state.parentId === node.id;
  if (wasParentOfNow) state.parentId = node.parentId;
  if (merges && children.length + (wasParentOfNow ? 1 : 0) === 1) mergeInto(state, node.files, at);
}

/** Every layer directly upon the given files moves into them. */
function mergeInto(state: State, parents: readonly string[], at: Hours): void {
  for (const [path, layer] of [...state.layers]) {
    if (!parents.includes(layer.parent)) continue;
    const into = state.layers.get(layer.parent);
    if (into !== undefined) {
      into.mergedBytes += layerBytes(layer, state.story, at);
      into.frozenAt = layer.frozenAt;
    }
    state.layers.delete(path);
    const moved = (file: string): string => (file === path ? layer.parent : file);
    state.current = state.current.map(moved);
    for (const node of state.nodes) node.files = node.files.map(moved);
    for (const [child, each] of [...state.layers]) {
      if (each.parent === path) state.layers.set(child, { ...each, parent: layer.parent });
    }
  }
}

function layerBytes(layer: Layer, story: Story, at: Hours): number {
  const days = ((layer.frozenAt ?? at) - layer.bornAt) / 24;
  const written = Math.round((story.gibPerDay * days * GIB) / MIB) * MIB;
  return Math.min(FRESH_AVHDX_BYTES + written + layer.mergedBytes, layer.disk.virtualGib * GIB);
}

function toVm(state: State, startedAt: Instant): Vm {
  const { story } = state;
  return {
    id: guid(`vm ${story.name}`),
    name: story.name,
    state: state.vmState,
    operationalStatus: [2],
    replicationMode: story.replica ? 'replica' : 'none',
    generation: 2,
    isClustered: false,
    checkpointType: 3,
    automaticCheckpoints: story.automaticCheckpoints ?? false,
    guestProductType: story.productType ?? 3,
    notes: story.notes ?? null,
    parentCheckpointId: state.parentId,
    disks: toDisks(state.current, story),
    checkpoints: state.nodes.map((node) => toCheckpoint(node, { story, startedAt })),
    errors: [],
  };
}

const TYPES: Readonly<Record<BuiltInKind, { code: number; name: string }>> = {
  user: { code: 0, name: 'Standard' },
  automatic: { code: 0, name: 'Standard' },
  backup: { code: 1, name: 'Recovery' },
  planned: { code: 2, name: 'Planned' },
  missing: { code: 5, name: 'Missing' },
  replica: { code: 6, name: 'Replica' },
  unknown: { code: 99, name: '99' },
};

function toCheckpoint(
  node: Node,
  { story, startedAt }: { readonly story: Story; readonly startedAt: Instant },
): Checkpoint {
  return {
    id: node.id,
    name: node.name,
    type: TYPES[node.kind],
    kind: node.kind,
    parentId: node.parentId,
    createdAt: startedAt + node.at * HOUR_MS,
    hasMemory: node.memoryGib > 0,
    notes: node.notes,
    systemBytes: Math.round(node.memoryGib * GIB) + 64 * 1024,
    disks: toDisks(node.files, story),
  };
}

function toDisks(files: readonly string[], { sharedDisks = [] }: Story): readonly Disk[] {
  return files.map((path, index) => ({
    slot: `SCSI:0:${index}`,
    kind: 'vhd',
    path,
    shared: sharedDisks.includes(index),
  }));
}

function toFiles(state: State, at: Hours, startedAt: Instant): readonly DiskFile[] {
  const { story, bases, layers } = state;
  const baseFiles = bases.map((path, index): DiskFile => {
    const disk = story.disks[index];
    return {
      path,
      type: disk?.type ?? 'dynamic',
      fileBytes: (disk?.type === 'fixed' ? disk.virtualGib : (disk?.usedGib ?? 0)) * GIB,
      virtualBytes: (disk?.virtualGib ?? 0) * GIB,
      parent: { known: true, path: null },
      lastWriteAt: startedAt + at * HOUR_MS,
      error: null,
    };
  });
  const layerFiles = [...layers.values()].map((layer): DiskFile => {
    const isLocked = state.locked && layer.frozenAt === null;
    return {
      path: layer.path,
      type: isLocked ? 'unknown' : 'differencing',
      fileBytes: isLocked ? null : layerBytes(layer, story, at),
      virtualBytes: isLocked ? null : layer.disk.virtualGib * GIB,
      parent: isLocked ? { known: false, path: null } : { known: true, path: layer.parent },
      lastWriteAt: startedAt + (layer.frozenAt ?? at) * HOUR_MS,
      error: isLocked ? inUse(layer.path) : null,
    };
  });
  return [...baseFiles, ...layerFiles];
}

function inUse(path: string): CollectError {
  return collectError(
    'VHD_IN_USE',
    'The process cannot access the file because it is being used by another process.',
    path,
  );
}

/** A GUID made of a text: the same text, the same GUID. */
export function guid(text: string): string {
  let high = 0xcbf29ce484222325n;
  let low = 0x84222325cbf29cen;
  for (const character of text) {
    const code = BigInt(character.codePointAt(0) ?? 0);
    high = BigInt.asUintN(64, (high ^ code) * 0x100000001b3n);
    low = BigInt.asUintN(64, (low ^ high) * 0x100000001b3n);
  }
  const hex = high.toString(16).padStart(16, '0') + low.toString(16).padStart(16, '0');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `4${hex.slice(13, 16)}`,
    `8${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ].join('-');
}
