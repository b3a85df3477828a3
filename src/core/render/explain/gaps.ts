import { type Gap, gapAdvice, gapText } from '../../coverage.ts';
import type { Instant } from '../../model.ts';
import { plainText } from '../plain-text.ts';
import { row, section } from './rows.ts';

const TEXT_LENGTH = 600;

/** The gaps of a host, and those of one of its VMs. */
export function gapsOf(gaps: readonly Gap[], host: string, vmId: string | null): readonly Gap[] {
  return gaps.filter((gap) => gap.host === host && (gap.vm === null || gap.vm.id === vmId));
}

/** What was not looked at; the empty text when all was. */
export function gapsPart(gaps: readonly Gap[], now: Instant): string {
  return gaps.length === 0
    ? ''
    : section(
        'Not looked at',
        gaps.map((gap) => gapRow(gap, now)),
      );
}

function gapRow(gap: Gap, now: Instant): ReturnType<typeof row> {
  const label = gap.vm === null ? 'host' : gap.type === 'sizes' ? 'sizes' : 'VM';
  return row(label, plainText(gapText(gap, now), TEXT_LENGTH), ...gapAdvice(gap));
}
