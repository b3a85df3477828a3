import { RATIO_FLOOR_BYTES } from '../../rules/size-limit.ts';
import { SEVERITIES } from '../../severity.ts';
import { formatByteLimit, formatBytes, formatPercent } from '../../units.ts';
import type { LevelsInForce } from './levels.ts';

/** What limits in percent mean for disks of this size: `; of its disks 10% is 4.0 GiB`. Empty without such limits. */
export function shareText({ levels }: LevelsInForce, virtualBytes: number | null): string {
  const shares = SEVERITIES.flatMap((severity) => {
    const limit = levels[severity];
    return limit === null || typeof limit === 'number' || limit.ratio === null ? [] : [limit.ratio];
  });
  const first = shares[0];
  if (first === undefined) return '';
  if (virtualBytes === null) return '; limits in percent do not count, as the size of its disks is not known';
  const texts = [...new Set(shares)].map(
    (ratio) => `${formatPercent(ratio)} is ${formatBytes(Math.floor(ratio * virtualBytes))}`,
  );
  // Only where the floor makes a difference.
  const floor =
    first * virtualBytes < RATIO_FLOOR_BYTES ? `, counted from ${formatByteLimit(RATIO_FLOOR_BYTES)} on` : '';
  return `; of its disks ${texts.join(' and ')}${floor}`;
}
