import type { LimitType, SizeLimit } from '../core/rules/rule.ts';
import { formatBytesExact, formatDurationExact } from '../core/units.ts';
import type { LeafSpec } from './leaf.ts';
import { DURATION, integerBetween, SIZE_LIMIT } from './leaves.ts';

/** A rule's limit: milliseconds, a number of things, or a size. */
export type Limit = number | SizeLimit;

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

/** Takes out of a milder limit what never shows, because the harsher one comes first. `null` when nothing is left. */
export function withoutOvertaken(milder: Limit, harsher: Limit): Limit | null {
  if (typeof milder === 'number' || typeof harsher === 'number')
    return comesBefore(milder, harsher) ? milder : null;
  const bytes = keepBelow(milder.bytes, harsher.bytes);
  const ratio = keepBelow(milder.ratio, harsher.ratio);
  return bytes === null && ratio === null ? null : { bytes, ratio };
}

/** Whether a milder limit leaves room for itself below the harsher one, in every part that both have. */
export function comesBefore(milder: Limit, harsher: Limit): boolean {
  if (typeof milder === 'number' && typeof harsher === 'number') return milder < harsher;
  if (typeof milder === 'number' || typeof harsher === 'number') return true;
  return (
    keepBelow(milder.bytes, harsher.bytes) === milder.bytes &&
    keepBelow(milder.ratio, harsher.ratio) === milder.ratio
  );
}

function keepBelow(milder: number | null, harsher: number | null): number | null {
  return milder !== null && harsher !== null && milder >= harsher ? null : milder;
}
