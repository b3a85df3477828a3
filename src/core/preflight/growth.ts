import { plainText } from '../render/plain-text.ts';
import { quoted } from '../render/quoted.ts';
import { formatSum } from '../rules/size-limit.ts';
import { DAY_MS, formatAge } from '../units.ts';
import { type Check, worstVerdict } from './check.ts';
import type { Outlook, RunningSince, VolumeOutlook } from './outlook.ts';

/** The time until a volume is full; exactly on a limit is fine. */
export const NO_WITHIN_MS = 2 * DAY_MS;
export const CAUTION_WITHIN_MS = 7 * DAY_MS;

/** When this VM alone will have filled a volume, at the average since its newest checkpoint. */
export function checkGrowth(outlook: Outlook | null): Check<'growth'> {
  const id = 'growth';
  if (outlook === null) return unknown('its disks were not read');
  const { since, volumes } = outlook;
  if (!since.known) return unknown(since.why);
  if (volumes.length === 0)
    return { id, verdict: 'yes', text: 'it has no disk that a checkpoint would hold' };
  const judged = volumes.map((volume) => judge(volume, since));
  const verdict = worstVerdict(judged.map((each) => each.verdict));
  const texts = judged.filter((each) => each.verdict === verdict).map(({ text }) => text);
  return { id, verdict, text: texts.join('; ') };
}

function unknown(why: string): Check<'growth'> {
  return { id: 'growth', verdict: 'unknown', text: `when its volumes are full is not known: ${why}` };
}

/** How long the free space lasts; `null` when that is not known, or without end. */
export function fullInMs({ freeBytes, written }: VolumeOutlook, sinceMs: number): number | null {
  if (freeBytes === null || written.atLeastBytes === 0) return null;
  return (freeBytes / written.atLeastBytes) * sinceMs;
}

function judge(
  volume: VolumeOutlook,
  { ageMs, checkpoint }: Extract<RunningSince, { readonly known: true }>,
): Pick<Check, 'verdict' | 'text'> {
  const { freeBytes, written, root } = volume;
  const name = plainText(root, 80);
  const since = `since ${quoted(checkpoint.name)}`;
  const full = fullInMs(volume, ageMs);
  if (full === null) {
    return freeBytes !== null && written.bytes === 0
      ? { verdict: 'yes', text: `it has written nothing to ${name} ${since}` }
      : { verdict: 'unknown', text: `when ${name} is full is not known` };
  }
  const isExact = written.bytes !== null;
  const perDay = (written.atLeastBytes / ageMs) * DAY_MS;
  const rate = formatSum({ bytes: isExact ? perDay : null, atLeastBytes: perDay });
  const time = `${isExact ? '' : 'at most '}${formatAge(full)}`;
  const text = `${name} is full in ${time} at the average ${since}, by this VM alone: ${rate} a day`;
  if (full < NO_WITHIN_MS) return { verdict: 'no', text };
  if (full < CAUTION_WITHIN_MS) return { verdict: 'caution', text };
  // What is not measured may fill it sooner.
  return { verdict: isExact ? 'yes' : 'unknown', text };
}
