import { type ByteSum, NO_BYTES, sumBytes } from '../byte-sum.ts';
import type { DiskFile } from '../model.ts';
import type { Ownership } from './layer-owner.ts';
import type { ChainNode, NodeTree } from './nodes.ts';

/** What deleting a checkpoint would do. */
export interface DeleteEffect {
  /** `vanish`: its own files go, nothing merges. `merge`: its layer moves into its files. `none`: several branches stand on it. */
  readonly action: 'vanish' | 'merge' | 'none';
  /** Bytes a merge would move. */
  readonly moves: ByteSum;
  /** Bytes surely freed, and at most freed; `null` when unknown. */
  readonly freesAtLeastBytes: number | null;
  readonly freesAtMostBytes: number | null;
  /** Extra bytes needed on the volume meanwhile, a safe bound; `null` when unknown. */
  readonly needsBytes: number | null;
}

interface DeleteInput {
  readonly node: ChainNode;
  readonly children: readonly ChainNode[];
  readonly layer: ByteSum;
  readonly tree: NodeTree;
  readonly owners: Ownership;
  readonly files: ReadonlyMap<string, DiskFile>;
}

/**
 * Foretells a deletion. Without children the checkpoint's own files vanish; with one child its layer is merged into
 * the files it references; with several nothing merges until one branch is left.
 */
export function deleteEffect(input: DeleteInput): DeleteEffect {
  if (input.children.length === 0) return vanish(input);
  if (input.children.length > 1) {
    return { action: 'none', moves: NO_BYTES, freesAtLeastBytes: 0, freesAtMostBytes: 0, needsBytes: 0 };
  }
  return merge(input);
}

function vanish({ node, tree, files }: DeleteInput): DeleteEffect {
  const usedByOthers = new Set(
    tree.nodes
      .filter((other) => other !== node)
      .flatMap((other) => other.walks.flatMap((walk) => walk.avhds)),
  );
  const own = new Set(node.walks.flatMap((walk) => walk.avhds).filter((key) => !usedByOthers.has(key)));
  const known = node.known && !node.hasVhdSet && node.walks.every((walk) => walk.ended);
  const freed = sumBytes(
    [...own].map((key) => files.get(key)?.fileBytes ?? null),
    known,
  );
  return {
    action: 'vanish',
    moves: NO_BYTES,
    freesAtLeastBytes: freed.atLeastBytes,
    freesAtMostBytes: freed.bytes,
    needsBytes: 0,
  };
}

function merge({ node, layer, owners, files }: DeleteInput): DeleteEffect {
  if (layer.bytes === null) {
    return {
      action: 'merge',
      moves: layer,
      freesAtLeastBytes: null,
      freesAtMostBytes: null,
      needsBytes: null,
    };
  }
  let needsBytes = 0;
  let freesAtLeastBytes = 0;
  for (const key of owners.layers.get(node.id ?? '') ?? []) {
    const fileBytes = files.get(key)?.fileBytes ?? 0;
    const peakBytes = mergePeakBytes(fileBytes, files.get(owners.mergesInto.get(key) ?? ''));
    needsBytes += peakBytes;
    freesAtLeastBytes += fileBytes - peakBytes;
  }
  return { action: 'merge', moves: layer, freesAtLeastBytes, freesAtMostBytes: layer.bytes, needsBytes };
}

/** How much the parent can grow: not at all when fixed, else by what it lacks to its full size, and never by more than the child holds. */
function mergePeakBytes(childBytes: number, parent: DiskFile | undefined): number {
  if (parent === undefined) return childBytes;
  if (parent.type === 'fixed') return 0;
  if (parent.virtualBytes === null || parent.fileBytes === null) return childBytes;
  return Math.max(0, Math.min(childBytes, parent.virtualBytes - parent.fileBytes));
}
