import type { ByteSum } from '../byte-sum.ts';
import type { Quantity } from '../finding.ts';
import type { Severity } from '../severity.ts';
import { formatByteLimit, formatBytes, formatPercent, GIB } from '../units.ts';
import { crossedLevel, type Levels, type SizeLimit } from './rule.ts';

/** Below this a share of a small disk is nothing to wake anybody for. */
export const RATIO_FLOOR_BYTES = 20 * GIB;

export interface SizeVerdict {
  readonly severity: Severity;
  readonly threshold: Quantity;
  /** Such as `more than 200 GiB` or `more than 25% of its disks`. */
  readonly reason: string;
}

/**
 * Judges a size against absolute and relative limits; both are crossed only above them. Of a sum that is not fully
 * known, the known part is judged: "at least" can be too much, but never fine.
 */
export function judgeSize(
  sum: ByteSum,
  virtualBytes: number | null,
  levels: Levels<SizeLimit>,
): SizeVerdict | null {
  const size = sum.atLeastBytes;
  const aboveBytes = (limit: SizeLimit) => limit.bytes !== null && size > limit.bytes;
  const aboveRatio = (limit: SizeLimit) =>
    limit.ratio !== null &&
    virtualBytes !== null &&
    size > RATIO_FLOOR_BYTES &&
    size > limit.ratio * virtualBytes;
  const crossed = crossedLevel(levels, (limit) => aboveBytes(limit) || aboveRatio(limit));
  if (crossed === null) return null;
  const { severity, limit } = crossed;
  if (limit.bytes !== null && size > limit.bytes) {
    return {
      severity,
      threshold: { unit: 'bytes', value: limit.bytes },
      reason: `more than ${formatByteLimit(limit.bytes)}`,
    };
  }
  const ratio = limit.ratio ?? 0;
  return {
    severity,
    threshold: { unit: 'bytes', value: Math.floor(ratio * (virtualBytes ?? 0)) },
    reason: `more than ${formatPercent(ratio)} of its disks`,
  };
}

/** A sum for people: `301.2 GiB`, or `at least 16.1 GiB`, or `not measured` when nothing of it is known. */
export function formatSum(sum: ByteSum): string {
  if (sum.bytes !== null) return formatBytes(sum.bytes);
  return sum.atLeastBytes === 0 ? 'not measured' : `at least ${formatBytes(sum.atLeastBytes)}`;
}

/** The same of a sum above a limit: `just over 200.0 GiB` where rounding would make it look like the limit itself. */
export function formatSumAbove(sum: ByteSum, limitBytes: number): string {
  const isAtLimit = sum.bytes !== null && formatBytes(sum.bytes) === formatBytes(limitBytes);
  return isAtLimit ? `just over ${formatSum(sum)}` : formatSum(sum);
}
