import type { ErrorCodeInfo, FailureReason } from './error-code-info.ts';

const vm = (
  meaning: string,
  advice: string,
  reason: FailureReason = 'other',
  retryable = true,
): ErrorCodeInfo => ({
  scope: 'vm',
  retryable,
  reason,
  meaning,
  advice,
});

/** Failures that concern one VM; the others are known all the same. */
export const VM_ERROR_CODES = {
  VM_GONE: vm('the VM disappeared during the scan', 'It was deleted or moved away; the next scan tells.'),
  VM_MIGRATING: vm('the VM was migrating during the scan', 'Wait for the migration to end.'),
  PROP_READ_FAILED: vm('a property of the VM could not be read', 'Try Get-VM | Format-List on the host.'),
  SNAPSHOT_ENUM_FAILED: vm(
    'the checkpoints of the VM could not be listed',
    'Try Get-VMCheckpoint -VMName VM on the host; restart vmms if it fails there too.',
  ),
  CHECKPOINT_GONE: vm(
    'a checkpoint disappeared during the scan',
    'It was deleted meanwhile; the next scan tells.',
  ),
  CHECKPOINT_DISKS_FAILED: vm(
    'the disks of a checkpoint could not be read',
    'Try Get-VMHardDiskDrive -VMSnapshot on the host.',
  ),
  DISKS_FAILED: vm(
    'the disks of the VM could not be read',
    'Try Get-VMHardDiskDrive -VMName VM on the host.',
  ),
  DISK_PATH_NULL: vm(
    'a disk of the VM has no path',
    "A pass-through disk has vanished, or the drive is empty: look at the VM's settings.",
  ),
  CONFIG_UNLOADABLE: vm(
    'the configuration of the VM cannot be loaded',
    'Its storage is missing, or the files are damaged: see event 16300 of Hyper-V-VMMS.',
  ),
  BUSY_SKIPPED: vm(
    'the VM was merging, deleting a checkpoint or being backed up, so its disks were not opened',
    'Nothing: the next scan measures it. Opening a disk then could make the merge fail.',
    'size',
  ),
  TYPE_UNKNOWN: vm(
    'a checkpoint has a type this agent does not know',
    'It is judged as a user checkpoint.',
    'parse',
  ),
  TIME_IN_FUTURE: vm(
    "a checkpoint was created in the future, by the host's clock",
    "Its age is taken as 0. Check the host's clock; an imported checkpoint keeps the time of its first host.",
  ),
} as const satisfies Readonly<Record<string, ErrorCodeInfo>>;
