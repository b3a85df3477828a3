import { coverageGaps, type Gap, gapAdvice, gapText } from '../../coverage.ts';
import type { AgentView } from '../../view.ts';
import { plainText } from '../plain-text.ts';
import { row, section } from './rows.ts';

const TEXT_LENGTH = 600;

/** What was not looked at of a host, and of one of its VMs; the empty text when all was. */
export function gapsPart(view: AgentView, host: string, vmId: string | null): string {
  const gaps = coverageGaps(view).filter(
    (gap) => gap.host === host && (gap.vm === null || gap.vm.id === vmId),
  );
  return gaps.length === 0
    ? ''
    : section(
        'Not looked at',
        gaps.map((gap) => gapRow(gap, view)),
      );
}

function gapRow(gap: Gap, { now }: AgentView): ReturnType<typeof row> {
  const label = gap.vm === null ? 'host' : gap.type === 'sizes' ? 'sizes' : 'VM';
  return row(label, plainText(gapText(gap, now), TEXT_LENGTH), ...gapAdvice(gap));
}
