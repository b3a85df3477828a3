/** What an error code means to every output. */
export interface ErrorCodeInfo {
  readonly scope: 'host' | 'vm' | 'file' | 'agent';
  /** Whether the next scan may well succeed without anybody doing anything. */
  readonly retryable: boolean;
  /** Value of the `reason` label of hyperv_checkpoint_scan_failures_total. */
  readonly reason: FailureReason;
  /** What it is, as the start of a sentence. */
  readonly meaning: string;
  /** What a Windows administrator can do about it. */
  readonly advice: string;
}

export const FAILURE_REASONS = [
  'timeout',
  'access_denied',
  'unreachable',
  'module_missing',
  'powershell',
  'parse',
  'size',
  'other',
] as const;
export type FailureReason = (typeof FAILURE_REASONS)[number];

const host = (reason: FailureReason, meaning: string, advice: string, retryable = false): ErrorCodeInfo => ({
  scope: 'host',
  retryable,
  reason,
  meaning,
  advice,
});
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

/** Every way in which a look at a host can fail, wholly or in part. The one table of them. */
export const ERROR_CODES = {
  SHELL_MISSING: host(
    'powershell',
    'PowerShell could not be started',
    'Check collector.powershell.executable; Windows PowerShell is at %SystemRoot%\\System32\\WindowsPowerShell\\v1.0\\powershell.exe.',
  ),
  SHELL_DIED: host(
    'powershell',
    'PowerShell ended before it answered',
    'Look for a crash of powershell.exe in the Application event log, and whether security software ends it.',
    true,
  ),
  TIMEOUT: host(
    'timeout',
    'no answer within the time allowed',
    'Raise collector.timeout if the host is merely slow; otherwise try Get-VM on the host: when that hangs too, the Virtual Machine Management service (vmms) is stuck.',
    true,
  ),
  EMPTY_ANSWER: host(
    'powershell',
    'PowerShell ended without an answer',
    'Run the same scan by hand (checkpoint-agent scan) as the service account and look at what PowerShell prints.',
    true,
  ),
  OUTPUT_TRUNCATED: host(
    'parse',
    'the answer was cut short',
    'Usually PowerShell was ended half-way: look for security software or memory limits on the host.',
    true,
  ),
  OUTPUT_TOO_LARGE: host(
    'parse',
    'the answer was larger than allowed',
    'Raise collector.max_report_size, or find out which VM has so many checkpoints or files.',
  ),
  OUTPUT_CORRUPT: host(
    'parse',
    'the answer was damaged on its way',
    'Try again; if it stays, something on the host writes into the output of PowerShell (a profile, a wrapper).',
    true,
  ),
  JSON_INVALID: host(
    'parse',
    'the answer is not a report of this agent',
    'Script and agent do not match: install the agent anew.',
  ),
  VERSION_UNKNOWN: host(
    'parse',
    'the report has a version this agent does not know',
    'Script and agent do not match: install the agent anew, or replay the report with the version that made it.',
  ),
  MODULE_MISSING: host(
    'module_missing',
    'the Hyper-V PowerShell module is not installed',
    'Install-WindowsFeature Hyper-V-PowerShell (Windows Server), or turn on the feature "Hyper-V Module for Windows PowerShell".',
  ),
  NO_HYPERV_ROLE: host(
    'module_missing',
    'this computer does not run Hyper-V',
    'The Virtual Machine Management service (vmms) does not exist here. List the Hyper-V hosts in the configuration, or install the Hyper-V role.',
  ),
  WRONG_BITNESS: host(
    'powershell',
    'PowerShell runs as a 32-bit process, which cannot load the Hyper-V module',
    'Use 64-bit PowerShell: %SystemRoot%\\Sysnative\\WindowsPowerShell\\v1.0\\powershell.exe from a 32-bit program.',
  ),
  VMMS_STOPPED: host(
    'unreachable',
    'the Virtual Machine Management service (vmms) is not running',
    'Start-Service vmms. VMs go on running without it, but nothing can be read or managed.',
    true,
  ),
  ACCESS_DENIED: host(
    'access_denied',
    'access denied',
    'The account may not read Hyper-V. Add it to the local group Hyper-V Administrators (Add-LocalGroupMember -SID S-1-5-32-578 -Member ACCOUNT; full control of all VMs), then restart the service.',
  ),
  EMPTY_BUT_HINTED: host(
    'access_denied',
    'no VM is visible, although VMs are evidently running',
    'Hyper-V shows an empty list to accounts without rights. Run as administrator, or add the account to Hyper-V Administrators (Add-LocalGroupMember -SID S-1-5-32-578 -Member ACCOUNT).',
  ),
  CONSTRAINED_LANGUAGE: host(
    'powershell',
    'PowerShell runs in constrained language mode',
    "AppLocker or App Control restricts PowerShell for this account. Allow the agent's script by a policy rule, or run the agent under an account the policy exempts.",
  ),
  PLATFORM_UNSUPPORTED: host(
    'module_missing',
    'this computer does not run Windows',
    'The agent reads Hyper-V on Windows. Try it elsewhere with "demo" or "scan --from-file REPORT".',
  ),
  SCRIPT_FAILED: host(
    'powershell',
    'the collector script failed',
    'Please report this with the output of "checkpoint-agent scan" on this host.',
    true,
  ),
  ENUMERATION_FAILED: host(
    'other',
    'the VMs could not be listed',
    'Try Get-VM on the host as the same account.',
    true,
  ),
  CANCELLED: host('other', 'the scan was stopped', 'The agent was stopping.', true),
  RECORD_INVALID: host(
    'parse',
    'a record of the report could not be understood',
    'The rest of the report was used. Please report this with the output of "checkpoint-agent capture --anonymise".',
  ),
  FACT_FAILED: host(
    'other',
    'a fact about the host could not be read',
    'Usually harmless; see the message.',
    true,
  ),
  REPORT_UNREADABLE: host(
    'parse',
    'the report file could not be used',
    'Give a file that "checkpoint-agent capture" wrote.',
  ),
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
    'Give the account read rights on the folder; for files on SMB see the double-hop note in the documentation.',
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

export type ErrorCode = keyof typeof ERROR_CODES;

/** A failure met while looking; a value, not an exception. Messages are for people and may be localised. */
export interface CollectError {
  readonly code: ErrorCode;
  /** What the other side said, bounded and without control characters; never needed to classify. */
  readonly detail: string | null;
  /** The path, property, checkpoint or host it concerns. */
  readonly target: string | null;
}

/** Makes a `CollectError`. */
export function collectError(
  code: ErrorCode,
  detail: string | null = null,
  target: string | null = null,
): CollectError {
  return { code, detail, target };
}

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}

/** Scope, reason, meaning and advice of an error code. */
export function errorInfo(code: ErrorCode): ErrorCodeInfo {
  return ERROR_CODES[code];
}
