import type { CollectError, ErrorCode, FailureReason } from '../core/collect-error.ts';
import { errorInfo } from '../core/collect-error.ts';
import type { HostReport } from '../core/model.ts';

/** Notes that leave nothing unread. */
const NOT_A_FAILURE: ReadonlySet<ErrorCode> = new Set(['TYPE_UNKNOWN', 'TIME_IN_FUTURE', 'FACT_FAILED']);

/** Why a scan failed, wholly or in part; each reason once. Empty when everything was read. */
export function failureReasons(report: HostReport): ReadonlySet<FailureReason> {
  const reasons = new Set<FailureReason>();
  for (const { code } of errorsOf(report)) {
    if (!NOT_A_FAILURE.has(code)) reasons.add(errorInfo(code).reason);
  }
  return reasons;
}

function errorsOf(report: HostReport): readonly CollectError[] {
  if (report.status === 'failed') return [report.error];
  return [
    ...report.errors,
    ...report.vms.flatMap((vm) => vm.errors),
    ...report.files.flatMap((file) => file.error ?? []),
  ];
}
