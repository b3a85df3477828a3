import { errorText } from '../coverage.ts';
import { plainText } from '../render/plain-text.ts';
import { formatByteLimit, formatBytes, formatPercent, GIB } from '../units.ts';
import { type Check, type CheckVerdict, worstVerdict } from './check.ts';
import type { VolumeOutlook } from './outlook.ts';

/** Too little is below the share of the volume and below the size as well; exactly on them is fine. */
interface Limit {
  readonly ratio: number;
  readonly bytes: number;
}

export const CAUTION_BELOW: Limit = { ratio: 0.15, bytes: 200 * GIB };
export const NO_BELOW: Limit = { ratio: 0.1, bytes: 100 * GIB };

/** Whether there is room for the AVHDX files of one more checkpoint. */
export function checkRoom(volumes: readonly VolumeOutlook[] | null): Check<'room'> {
  const id = 'room';
  if (volumes === null) return { id, verdict: 'unknown', text: 'its disks were not read' };
  if (volumes.length === 0)
    return { id, verdict: 'yes', text: 'it has no disk that a checkpoint would hold' };
  const judged = volumes.map((volume) => {
    const verdict = roomOn(volume);
    return { verdict, text: `${roomText(volume)}${limitText(verdict)}` };
  });
  const verdict = worstVerdict(judged.map((each) => each.verdict));
  const decisive = judged.filter((each) => each.verdict === verdict);
  return { id, verdict, text: decisive.map(({ text }) => text).join('; ') };
}

function roomOn({ freeBytes, totalBytes }: VolumeOutlook): CheckVerdict {
  if (freeBytes === null) return 'unknown';
  if (isBelow(freeBytes, totalBytes, NO_BELOW) === true) return 'no';
  if (isBelow(freeBytes, totalBytes, NO_BELOW) === null) return 'unknown';
  // Of a volume of unknown size it is known by now that there is enough for the worse limit.
  return isBelow(freeBytes, totalBytes, CAUTION_BELOW) === false ? 'yes' : 'caution';
}

/** `null` when that depends on the size of the volume, which is not known. */
function isBelow(freeBytes: number, totalBytes: number | null, { ratio, bytes }: Limit): boolean | null {
  if (freeBytes >= bytes) return false;
  return totalBytes === null || totalBytes === 0 ? null : freeBytes < ratio * totalBytes;
}

function limitText(verdict: CheckVerdict): string {
  const limit = verdict === 'no' ? NO_BELOW : verdict === 'caution' ? CAUTION_BELOW : null;
  if (limit === null) return '';
  return `, below ${formatPercent(limit.ratio)} and ${formatByteLimit(limit.bytes)}`;
}

function roomText({ root, freeBytes, totalBytes, error }: VolumeOutlook): string {
  const name = plainText(root, 80);
  if (freeBytes === null) {
    return `the free space of ${name} is not known${error === null ? '' : `: ${errorText(error)}`}`;
  }
  const free = `${name} has ${formatBytes(freeBytes)} free`;
  if (totalBytes === null || totalBytes === 0) return `${free}, of a size that is not known`;
  return `${free} of ${formatBytes(totalBytes)} (${formatPercent(freeBytes / totalBytes)})`;
}
