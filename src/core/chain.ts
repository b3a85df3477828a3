import type { CollectError } from './collect-error.ts';
import type { DiskFile, Vm } from './model.ts';

/** A sum of file sizes. `bytes` is `null` when a part could not be measured; `atLeastBytes` is what is known. */
export interface ByteSum {
  readonly bytes: number | null;
  readonly atLeastBytes: number;
}

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

export interface CheckpointChain {
  readonly checkpointId: string;
  /** The layer: all differencing files written after this checkpoint and before the next. What it costs. */
  readonly layer: ByteSum;
  /** The layer's files, as path keys, sorted. */
  readonly layerFiles: readonly string[];
  /** Everything written since, for ancestors of the running state; `null` for side branches. */
  readonly since: ByteSum | null;
  readonly childIds: readonly string[];
  /** Whether the running state descends from it. */
  readonly isAncestorOfNow: boolean;
  readonly onDelete: DeleteEffect;
}

/** Where every AVHDX byte of a VM belongs. Layers and `unattributed` together are `total`. */
export interface VmChain {
  readonly checkpoints: ReadonlyMap<string, CheckpointChain>;
  /** AVHDX files above no checkpoint. */
  readonly unattributed: ByteSum;
  readonly unattributedFiles: readonly string[];
  /** Every AVHDX file on any chain of the VM, each once. */
  readonly total: ByteSum;
  /** AVHDX files down to the first file that is none, on the deepest disk of the running state; `null` when a parent is unknown. */
  readonly depth: number | null;
  readonly atLeastDepth: number;
  /** Files on a chain whose parent no checkpoint references. */
  readonly hiddenFiles: readonly string[];
  /** Virtual size of the running state's disks together; `null` when one is unknown. */
  readonly virtualBytes: number | null;
  /** Files that could not be measured or followed, and why. */
  readonly errors: readonly CollectError[];
}

/** Attributes the AVHDX files of one VM to its checkpoints. Pure; order of input does not matter. */
export function attribute(_vm: Vm, _files: ReadonlyMap<string, DiskFile>): VmChain {
  throw new Error('not written yet');
}
