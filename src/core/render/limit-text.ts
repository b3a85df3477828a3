import type { ByteSum } from '../byte-sum.ts';
import type { Finding } from '../finding.ts';
import type { Limit, LimitType } from '../rules/rule.ts';
import { formatSum, formatSumAbove } from '../rules/size-limit.ts';
import { formatAge, formatAgeAbove, formatByteLimit, formatDurationExact, formatPercent } from '../units.ts';

/** A rule's limit for people: `7d`, `3`, or `50 GiB or 10%`. */
export function formatLimit(type: LimitType, limit: Limit): string {
  if (typeof limit === 'number') return type === 'duration' ? formatDurationExact(limit) : String(limit);
  const { bytes, ratio } = limit;
  return [bytes === null ? [] : formatByteLimit(bytes), ratio === null ? [] : formatPercent(ratio)]
    .flat()
    .join(' or ');
}

/** An age beside what is wrong with it: above a limit it never reads as if it were the limit itself. */
export function ageAbove(ms: number, findings: readonly Finding[]): string {
  const texts = limits(findings, 'ms')
    .filter((limit) => ms > limit)
    .map((limit) => formatAgeAbove(ms, limit));
  return texts.find((text) => text !== formatAge(ms)) ?? formatAge(ms);
}

/** A size beside what is wrong with it, with the same promise. */
export function layerAbove(sum: ByteSum, findings: readonly Finding[]): string {
  const texts = limits(findings, 'bytes')
    .filter((limit) => sum.atLeastBytes > limit)
    .map((limit) => formatSumAbove(sum, limit));
  return texts.find((text) => text !== formatSum(sum)) ?? formatSum(sum);
}

function limits(findings: readonly Finding[], unit: 'ms' | 'bytes'): readonly number[] {
  return findings.flatMap(({ threshold }) => (threshold?.unit === unit ? [threshold.value] : []));
}
