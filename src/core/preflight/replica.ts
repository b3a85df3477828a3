import type { ReplicationMode } from '../model.ts';
import type { Check } from './check.ts';

/** Whether the VM is a copy that Hyper-V Replica keeps, whose checkpoints are its own business. */
export function checkReplica(mode: ReplicationMode | null): Check<'replica'> {
  const id = 'replica';
  switch (mode) {
    case null:
      return { id, verdict: 'unknown', text: 'whether it is a replica is not known' };
    case 'none':
      return { id, verdict: 'yes', text: 'it is not replicated' };
    case 'primary':
      return { id, verdict: 'yes', text: 'it is replicated from here' };
    default:
      return { id, verdict: 'no', text: 'it is a replica: Hyper-V Replica alone keeps its checkpoints' };
  }
}
