import type { Vm } from '../model.ts';
import { CHECKPOINT_TYPES } from '../rules/checkpoint-policy.ts';
import { type StateMeaning, stateMeaning } from '../vm-status.ts';
import type { Check } from './check.ts';

/** Whether checkpoints are allowed for the VM, and whether one taken now would carry memory. */
export function checkType({ checkpointType, state }: Pick<Vm, 'checkpointType' | 'state'>): Check<'type'> {
  const id = 'type';
  const type = checkpointType === null ? undefined : CHECKPOINT_TYPES.get(checkpointType);
  if (type === 'disabled') {
    return { id, verdict: 'no', text: 'checkpoints are disabled for it (Set-VM -CheckpointType)' };
  }
  if (type === undefined) {
    return {
      id,
      verdict: 'caution',
      text: 'the type of its checkpoints, and so whether one would carry memory, is not known',
    };
  }
  return { id, verdict: 'yes', text: `${type}: ${contents(type, stateMeaning(state.code))}` };
}

function contents(type: string, state: StateMeaning): string {
  if (state === 'off') return 'disks alone, for it is off';
  if (state === 'saved') return 'disks, and the memory that was saved';
  switch (type) {
    case 'production-only':
      return 'disks alone, or it fails';
    case 'production':
      return 'disks alone; with memory too where Hyper-V falls back to standard';
    default:
      return 'disks and memory';
  }
}
