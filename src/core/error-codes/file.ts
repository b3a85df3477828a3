import type { ErrorCodeInfo, FailureReason } from './error-code-info.ts';

const file = (
  meaning: string,
  advice: string,
  reason: FailureReason = 'size',
  retryable = true,
): ErrorCodeInfo => ({
  scope: 'file',
  retryable,
  reason,
  meaning,
  advice,
});

/** Failures that concern one virtual disk file. */
export const FILE_ERROR_CODES = {
  VHD_IN_USE: file(
    'the disk is in use on another host',
    'Scan the host that runs the VM; a disk on shared storage answers only there.',
  ),
  VHD_NOT_FOUND: file(
    'the disk file does not exist',
    'The chain is broken: do not start, move or merge the VM; look for the file.',
  ),
  VHD_ACCESS_DENIED: file(
    'access to the disk file was denied',
    'Give the account of the agent the right to read the folder. On a file share both the rights of the share and of the folder count, and an agent that runs as LocalSystem comes there as the computer account of the host (HOST$).',
    'access_denied',
    false,
  ),
  VHD_CORRUPT: file(
    'the disk file is damaged',
    'Do not start, move or merge the VM; test it with Test-VHD and restore from backup.',
  ),
  PARENT_MISSING: file(
    'the parent of the disk is missing',
    'The chain is broken: do not start, move or merge the VM; look for the parent file.',
  ),
  PARENT_MISMATCH: file(
    'the parent of the disk was changed after the child was made',
    'The chain is broken: do not start or merge the VM; restore the parent from backup.',
  ),
  VHD_FAILED: file('the disk could not be inspected', 'Try Get-VHD on the file on the host.'),
  STAT_FAILED: file(
    'the size of the disk file could not be read',
    'Check rights on the folder and whether the storage is online.',
  ),
  CHAIN_LOOP: file(
    'the chain of parents runs in a circle',
    'A damaged or hand-made chain: look at Get-VHD of each file.',
    'size',
    false,
  ),
  CHAIN_TOO_DEEP: file(
    'the chain is deeper than 64 files',
    'Hyper-V allows 50 checkpoints: merge before it stops working.',
    'size',
    false,
  ),
  VHDSET_UNMEASURED: file(
    'the bytes inside a VHD set cannot be told apart by checkpoint',
    'Nothing is wrong; look at Get-VHDSet -GetAllPaths for the files of the set.',
    'size',
    false,
  ),
  NOT_REPORTED: file(
    'the report says nothing about the disk file',
    'The next scan tells; if it stays, please report it.',
  ),
  BUDGET_EXCEEDED: file(
    'the time allowed for reading disks ran out',
    'Raise collector.timeout; the next scan reads it if there is time.',
    'timeout',
  ),
} as const satisfies Readonly<Record<string, ErrorCodeInfo>>;
