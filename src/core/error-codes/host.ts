import type { ErrorCodeInfo, FailureReason } from './error-code-info.ts';

const host = (reason: FailureReason, meaning: string, advice: string, retryable = false): ErrorCodeInfo => ({
  scope: 'host',
  retryable,
  reason,
  meaning,
  advice,
});

/** Failures that concern a host, or the whole look at it. */
export const HOST_ERROR_CODES = {
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
    'The Virtual Machine Management service (vmms) does not exist here. Run the agent on the Hyper-V host itself, or install the Hyper-V role.',
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
  VOLUME_FAILED: host(
    'other',
    'the space on a volume could not be read',
    'Try Get-Volume -FilePath on the host as the same account. Ages and sizes of checkpoints are known all the same.',
    true,
  ),
  REPORT_UNREADABLE: host(
    'parse',
    'the report file could not be used',
    'Give a file that "checkpoint-agent capture" wrote.',
  ),
} as const satisfies Readonly<Record<string, ErrorCodeInfo>>;
