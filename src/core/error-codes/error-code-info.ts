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
