import { collectError, type ErrorCode } from '../core/collect-error.ts';
import type { Checkpoint, Vm } from '../core/model.ts';

/** Errors after which a checkpoint may be missing from the list. */
const LOSSY: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'SNAPSHOT_ENUM_FAILED',
  'CHECKPOINT_GONE',
  'RECORD_INVALID',
]);

/**
 * Where the tree of checkpoints has a hole, bytes would be laid to the wrong checkpoint and shown as known.
 * So nothing is said then about which files the checkpoints reference, which makes their layers unknown. A checkpoint that
 * others name as their parent and that is not listed is an error of the VM, unless one says already that some may be missing.
 * @param parentUnknown whether the parent of a checkpoint or of the running state could not be read.
 */
export function withTrustedTree(vm: Vm, parentUnknown: boolean): Vm {
  if (vm.checkpoints === null) return vm;
  const ids = new Set(vm.checkpoints.map(({ id }) => id));
  const parents = [vm.parentCheckpointId, ...vm.checkpoints.map(({ parentId }) => parentId)];
  const dangling = parents.find((id) => id !== null && !ids.has(id));
  const lossy = vm.errors.some(({ code }) => LOSSY.has(code));
  if (!parentUnknown && dangling === undefined && !lossy) return vm;
  // A checkpoint that is named but not listed may be the oldest of all.
  const unsaid =
    dangling == null || lossy
      ? []
      : [collectError('SNAPSHOT_ENUM_FAILED', 'a parent is not listed', dangling)];
  return {
    ...vm,
    errors: [...vm.errors, ...unsaid],
    checkpoints: vm.checkpoints.map((checkpoint): Checkpoint => ({ ...checkpoint, disks: null })),
  };
}
