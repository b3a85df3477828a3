import type { Vm } from '../model.ts';
import { BUSY_STATUS, MIGRATING_STATUS, statusNames } from '../vm-status.ts';
import type { Check } from './check.ts';

/** Whether Hyper-V is busy with the VM, so that a checkpoint has to wait. */
export function checkActivity({
  operationalStatus,
  errors,
}: Pick<Vm, 'operationalStatus' | 'errors'>): Check<'activity'> {
  const id = 'activity';
  const going = statusNames(operationalStatus, BUSY_STATUS, MIGRATING_STATUS);
  if (going.length > 0) return { id, verdict: 'no', text: `it is ${going.join(' and ')}` };
  // The status is asked for once more before disks are opened: something may have begun in between.
  if (errors.some(({ code }) => code === 'BUSY_SKIPPED')) {
    return {
      id,
      verdict: 'no',
      text: 'it began to merge, to delete a checkpoint or to be backed up just now',
    };
  }
  if (errors.some(({ code }) => code === 'VM_MIGRATING')) {
    return { id, verdict: 'no', text: 'it began to migrate just now' };
  }
  if (operationalStatus.length === 0) {
    return { id, verdict: 'unknown', text: 'Hyper-V does not say whether it is busy with it' };
  }
  return { id, verdict: 'yes', text: 'Hyper-V is not busy with it' };
}
