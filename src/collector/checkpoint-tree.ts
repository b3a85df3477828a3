import type { ErrorCode } from '../core/collect-error.ts';
import type { Checkpoint, Vm } from '../core/model.ts';

/** Errors after which a checkpoint may be missing from the list. */
const LOSSY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'SNAPSHOT_ENUM_FAILED',
  'CHECKPOINT_GONE',
  'RECORD_INVALID',
]);

/**
 * Where the tree of checkpoints has a hole, bytes would be laid to the wrong checkpoint and shown as known.
 * So nothing is said then about which files the checkpoints reference, which makes their layers unknown.
 * @param parentUnknown whether the parent of a checkpoint or of the running state could not be read.
 */
export function withTrustedTree(vm: Vm, parentUnknown: boolean): Vm {
  if (vm.checkpoints === null) return vm;
  const ids = new Set(vm.checkpoints.map(({ id }) => id));
  const parents = [vm.parentCheckpointId, ...vm.checkpoints.map(({ parentId }) => parentId)];
  const dangling = parents.some((id) => id !== null && !ids.has(id));
  const lossy = vm.errors.some(({ code }) => LOSSY.has(code));
  if (!parentUnknown && !dangling && !lossy) return vm;
  return {
    ...vm,
    checkpoints: vm.checkpoints.map((checkpoint): Checkpoint => ({ ...checkpoint, disks: null })),
  };
}
