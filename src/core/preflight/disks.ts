import { uncoverableDisks } from '../chain/uncovered.ts';
import type { Disk } from '../model.ts';
import { uncoveredText } from '../rules/uncovered-disk.ts';
import { count } from '../units.ts';
import type { Check } from './check.ts';

/** Whether a checkpoint would hold all disks of the VM. */
export function checkDisks(disks: readonly Disk[] | null): Check<'disks'> {
  const id = 'disks';
  if (disks === null) return { id, verdict: 'unknown', text: 'its disks were not read' };
  const all = disks.filter(({ kind }) => kind !== 'empty').length;
  const uncovered = uncoverableDisks(disks);
  if (uncovered.length === 0) {
    return {
      id,
      verdict: 'yes',
      text: all === 0 ? 'it has none' : `a checkpoint would hold ${count(all, 'disk')}`,
    };
  }
  const list = uncovered.map(uncoveredText).join(', ');
  return uncovered.length < all
    ? { id, verdict: 'caution', text: `a checkpoint would not hold ${list}` }
    : { id, verdict: 'no', text: `a checkpoint would hold none of its disks: ${list}` };
}
