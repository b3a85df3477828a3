import type { UncoveredDisk } from '../chain/uncovered.ts';
import { isOrdinary } from '../policy/kinds.ts';
import { count } from '../units.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';

export const uncoveredDisk: Rule<'uncovered-disk', SeverityOption> = defineRule<
  'uncovered-disk',
  SeverityOption
>({
  id: 'uncovered-disk',
  summary: 'A disk of the VM is not part of its checkpoint.',
  why: 'Applying the checkpoint takes the other disks back and leaves this one as it is: data that belong together no longer fit.',
  options: { type: 'severity' },
  defaults: { severity: 'info' },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint, links }, { severity }) {
    const uncovered = links?.uncovered ?? [];
    if (uncovered.length === 0 || !isOrdinary(checkpoint.kind)) return null;
    const disks = uncovered.map(uncoveredText).join(', ');
    return {
      severity,
      value: { unit: 'count', value: uncovered.length },
      reason: `${count(uncovered.length, 'disk')} not covered`,
      message: `Checkpoint "${checkpoint.name}" of ${seen.vm.name} does not cover ${disks}.`,
      advice: 'Back these disks up in another way before the checkpoint is relied on.',
    };
  },
});

const WHY: Readonly<Record<UncoveredDisk['why'], string>> = {
  passthrough: 'a physical disk',
  shared: 'shared with other VMs',
  'attached-later': 'attached later',
};

/** A disk that a checkpoint does not cover, in a few words: `SCSI:0:1 (attached later)`. */
export function uncoveredText({ slot, why }: UncoveredDisk): string {
  return `${slot} (${WHY[why]})`;
}
