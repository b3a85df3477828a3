import type { Vm } from '../model.ts';
import type { Check } from '../preflight/check.ts';
import { BUSY_STATUS, CHAIN_STATUS, MIGRATING_STATUS, statusNames } from '../vm-status.ts';

/** Whether Hyper-V still works on the chain of the VM. A backup or a move is none of that. */
export function checkMerge({
  operationalStatus,
  errors,
}: Pick<Vm, 'operationalStatus' | 'errors'>): Check<'activity'> {
  const id = 'activity';
  const working = statusNames(operationalStatus, CHAIN_STATUS);
  if (working.length > 0) return { id, verdict: 'no', text: `it is ${working.join(' and ')}` };
  const busy = statusNames(operationalStatus, BUSY_STATUS, MIGRATING_STATUS);
  // The status is asked for once more before disks are opened: a merge may have begun in between.
  if (busy.length === 0 && errors.some(({ code }) => code === 'BUSY_SKIPPED')) {
    return { id, verdict: 'no', text: 'Hyper-V began to be busy with it just now, perhaps with a merge' };
  }
  if (operationalStatus.length === 0) {
    return { id, verdict: 'unknown', text: 'Hyper-V does not say whether it is merging' };
  }
  const text = busy.length === 0 ? 'it is not merging' : `it is not merging, but ${busy.join(' and ')}`;
  return { id, verdict: 'yes', text };
}
