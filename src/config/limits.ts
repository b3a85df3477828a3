import type { Limit, LimitType } from '../core/rules/rule.ts';
import { formatBytesExact, formatDurationExact } from '../core/units.ts';
import type { LeafSpec } from './leaf.ts';
import { DURATION, integerBetween, SIZE_LIMIT } from './leaves.ts';

/** A limit as the file writes it. */
export type WrittenLimit = string | number | readonly string[];

/** How a limit of this type is read. */
export function limitLeaf(type: LimitType): LeafSpec<Limit> {
  if (type === 'duration') return DURATION;
  return type === 'count' ? integerBetween(0, 100_000) : SIZE_LIMIT;
}

/** The inverse of reading. */
export function writeLimit(type: LimitType, limit: Limit): WrittenLimit {
  if (typeof limit === 'number') return type === 'duration' ? formatDurationExact(limit) : limit;
  const parts = [
    ...(limit.bytes === null ? [] : [formatBytesExact(limit.bytes)]),
    ...(limit.ratio === null ? [] : [formatRatioExact(limit.ratio)]),
  ];
  return parts.length === 1 && parts[0] !== undefined ? parts[0] : parts;
}

/** Without the noise that dividing by 100 leaves in the last digits. */
function formatRatioExact(ratio: number): string {
  return `${Number((ratio * 100).toPrecision(14))}%`;
}
