import type { ByteSum } from '../byte-sum.ts';
import type { Finding } from '../finding.ts';
import { formatSum, formatSumAbove } from '../rules/size-limit.ts';
import { formatAge, formatAgeAbove } from '../units.ts';

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
