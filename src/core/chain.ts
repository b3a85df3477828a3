import { type ByteSum, sumBytes } from './byte-sum.ts';
import { type DeleteEffect, deleteEffect } from './chain/delete-effect.ts';
import { firstReferenced } from './chain/disk-walk.ts';
import { assignOwners, type Ownership } from './chain/layer-owner.ts';
import { ancestors, buildNodes, type ChainNode, type NodeTree } from './chain/nodes.ts';
import { type UncoveredDisk, uncoveredDisks } from './chain/uncovered.ts';
import { type CollectError, collectError } from './collect-error.ts';
import { type DiskFile, pathKey, type Vm } from './model.ts';

export interface CheckpointChain {
  readonly checkpointId: string;
  /** The layer: all differencing files written after this checkpoint and before the next. What it costs. */
  readonly layer: ByteSum;
  /** The layer's files, as path keys, sorted. */
  readonly layerFiles: readonly string[];
  /** Why `layer` is unknown; `null` when it is known. */
  readonly whyUnknown: CollectError | null;
  /** Everything written since, for ancestors of the running state; `null` for side branches. */
  readonly since: ByteSum | null;
  /** Checkpoints taken from it; the running state is not among them. */
  readonly childIds: readonly string[];
  /** Whether the running state descends from it. */
  readonly isAncestorOfNow: boolean;
  /** Whether the running state is its direct child: then its layer is the one that grows. */
  readonly isRunningLayer: boolean;
  readonly onDelete: DeleteEffect;
  /** Disks of the running state that it does not hold; `null` when that is not known. */
  readonly uncovered: readonly UncoveredDisk[] | null;
}

/** Where every AVHDX byte of a VM belongs. Layers and `unattributed` together are `total`. */
export interface VmChain {
  readonly checkpoints: ReadonlyMap<string, CheckpointChain>;
  /** AVHDX files above no checkpoint. */
  readonly unattributed: ByteSum;
  readonly unattributedFiles: readonly string[];
  /** Every AVHDX file on any chain of the VM, each once. */
  readonly total: ByteSum;
  /** AVHDX files down to the first file that is none, on the deepest disk of the running state; `null` when not known. */
  readonly depth: number | null;
  readonly atLeastDepth: number;
  /** Files on a chain whose parent no checkpoint references. Empty while a checkpoint's disks are not known. */
  readonly hiddenFiles: readonly string[];
  /** Virtual size of the running state's disks together; `null` when one is unknown. */
  readonly virtualBytes: number | null;
  /** Files that could not be measured or followed, and why. */
  readonly errors: readonly CollectError[];
}

/**
 * Attributes the AVHDX files of one VM to its checkpoints: a checkpoint costs what was written after it, the files
 * on its children's chains above the first file it references itself. (A checkpoint references the file that was
 * current when it was taken; from then on that file is frozen and a new child AVHDX takes all writes. Microsoft:
 * "Using checkpoints to revert virtual machines to a previous state".)
 *
 * Pure; order of input does not matter; ends for any input. `files` is keyed by `pathKey`.
 */
export function attribute(vm: Vm, files: ReadonlyMap<string, DiskFile>): VmChain {
  const tree = buildNodes(vm, files);
  const all = allAvhds(tree);
  const owners = assignOwners(tree);
  const sizeOf = (key: string): number | null => files.get(key)?.fileBytes ?? null;
  const unattributedFiles = [...all].filter((key) => !owners.ownerOf.has(key)).sort();
  const treeKnown = vm.checkpoints !== null && tree.nodes.every((node) => node.known);
  const walksEnded = tree.nodes.every((node) => node.walks.every((walk) => walk.ended));
  return {
    checkpoints: checkpointChains(vm, tree, owners, files),
    unattributed: sumBytes(unattributedFiles.map(sizeOf), treeKnown && !owners.looseEnds),
    unattributedFiles,
    total: sumBytes([...all].map(sizeOf), treeKnown && walksEnded && !hasUnmeasuredSet(tree)),
    ...runningDepth(tree.now),
    hiddenFiles: hiddenFiles(tree, all, files),
    virtualBytes: runningVirtualBytes(vm, files),
    errors: chainErrors(tree),
  };
}

function checkpointChains(
  vm: Vm,
  tree: NodeTree,
  owners: Ownership,
  files: ReadonlyMap<string, DiskFile>,
): ReadonlyMap<string, CheckpointChain> {
  const nowAncestors = new Set(ancestors(tree.now, tree).map((node) => node.id));
  const chains = new Map<string, CheckpointChain>();
  for (const [id, node] of tree.byId) {
    const children = tree.childrenOf.get(id) ?? [];
    const layerFiles = [...(owners.layers.get(id) ?? [])].sort();
    const why = whyUnknown(node, children, layerFiles, { owners, files });
    const layer = sumBytes(
      layerFiles.map((key) => files.get(key)?.fileBytes ?? null),
      why === null,
    );
    chains.set(id, {
      checkpointId: id,
      layer,
      layerFiles,
      whyUnknown: why,
      since: nowAncestors.has(id) ? sinceBytes(node, tree.now, files) : null,
      childIds: children.flatMap((child) => (child.id === null ? [] : [child.id])),
      isAncestorOfNow: nowAncestors.has(id),
      isRunningLayer: tree.now.parentId === id,
      onDelete: deleteEffect({ node, children, layer, tree, owners, files }),
      uncovered: uncoveredDisks(vm.disks, tree.now, node),
    });
  }
  return chains;
}

function whyUnknown(
  node: ChainNode,
  children: readonly ChainNode[],
  layerFiles: readonly string[],
  { owners, files }: { readonly owners: Ownership; readonly files: ReadonlyMap<string, DiskFile> },
): CollectError | null {
  if ([node, ...children].some((each) => each.hasVhdSet)) return collectError('VHDSET_UNMEASURED');
  for (const key of layerFiles) {
    const file = files.get(key);
    if (file === undefined) return collectError('NOT_REPORTED', null, key);
    if (file.fileBytes === null) return file.error ?? collectError('STAT_FAILED', null, file.path);
  }
  if (![node, ...children].every((each) => each.known)) return collectError('CHECKPOINT_DISKS_FAILED');
  if (node.id === null || !owners.uncertain.has(node.id)) return null;
  return firstWalkError(children) ?? collectError('VHD_FAILED');
}

function firstWalkError(nodes: readonly ChainNode[]): CollectError | null {
  for (const walk of nodes.flatMap((node) => node.walks)) {
    const error = walk.ended ? undefined : walk.errors[0];
    if (error !== undefined) return error;
  }
  return null;
}

/** All files between the running state and an ancestor: how far a revert would throw the VM back. */
function sinceBytes(node: ChainNode, now: ChainNode, files: ReadonlyMap<string, DiskFile>): ByteSum {
  const keys = new Set<string>();
  let complete = node.known && now.known && !node.hasVhdSet && !now.hasVhdSet;
  for (const walk of now.walks) {
    const at = firstReferenced(walk, node.references);
    // A disk that the checkpoint does not know was attached later, or its chain cannot be followed.
    if (at === null && !walk.ended) complete = false;
    const above = at ?? (!walk.ended && node.slots.has(walk.slot) ? walk.avhds.length : 0);
    for (const key of walk.avhds.slice(0, above)) keys.add(key);
  }
  return sumBytes(
    [...keys].map((key) => files.get(key)?.fileBytes ?? null),
    complete,
  );
}

function allAvhds(tree: NodeTree): ReadonlySet<string> {
  const all = new Set<string>();
  for (const { walks } of tree.nodes) for (const { avhds } of walks) for (const key of avhds) all.add(key);
  return all;
}

/** A VHD set keeps its data in AVHDX files even without checkpoints; only with checkpoints are bytes missing from the sums. */
function hasUnmeasuredSet(tree: NodeTree): boolean {
  return tree.byId.size > 0 && tree.nodes.some((node) => node.hasVhdSet);
}

function runningDepth(now: ChainNode): Pick<VmChain, 'depth' | 'atLeastDepth'> {
  const atLeastDepth = Math.max(0, ...now.walks.map((walk) => walk.avhds.length));
  const known = now.known && now.walks.every((walk) => walk.ended);
  return { depth: known ? atLeastDepth : null, atLeastDepth };
}

function hiddenFiles(
  tree: NodeTree,
  avhds: ReadonlySet<string>,
  files: ReadonlyMap<string, DiskFile>,
): readonly string[] {
  const checkpoints = [...tree.byId.values()];
  if (!checkpoints.every((node) => node.known)) return [];
  const referenced = new Set(checkpoints.flatMap((node) => [...node.references]));
  return [...avhds]
    .filter((key) => {
      const parent = files.get(key)?.parent;
      return parent?.known === true && parent.path !== null && !referenced.has(pathKey(parent.path));
    })
    .sort();
}

function runningVirtualBytes(vm: Vm, files: ReadonlyMap<string, DiskFile>): number | null {
  if (vm.disks === null || vm.disks.some((disk) => disk.kind === 'vhdset')) return null;
  const sizes = vm.disks
    .filter((disk) => disk.kind === 'vhd' && disk.path !== null)
    .map((disk) => files.get(pathKey(disk.path ?? ''))?.virtualBytes ?? null);
  return sumBytes(sizes).bytes;
}

function chainErrors(tree: NodeTree): readonly CollectError[] {
  const errors = new Map<string, CollectError>();
  for (const { walks } of tree.nodes) {
    for (const walk of walks)
      for (const error of walk.errors) {
        errors.set(`${error.code}|${error.target === null ? '' : pathKey(error.target)}`, error);
      }
  }
  return [...errors.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, error]) => error);
}
