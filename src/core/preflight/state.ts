import type { Vm } from '../model.ts';
import { CRITICAL_IO_ERROR, stateMeaning } from '../vm-status.ts';
import type { Check } from './check.ts';

/** Whether the VM is in a state in which a checkpoint can be taken. */
export function checkState({
  state,
  operationalStatus,
}: Pick<Vm, 'state' | 'operationalStatus'>): Check<'state'> {
  const id = 'state';
  const meaning = stateMeaning(state.code);
  if (meaning === 'critical') {
    const text = `it is in state ${state.name}: Hyper-V cannot reach its storage, or the volume is full`;
    return { id, verdict: 'no', text };
  }
  if (operationalStatus.includes(CRITICAL_IO_ERROR)) {
    return { id, verdict: 'no', text: 'its storage answers with errors that stop it' };
  }
  if (meaning === 'changing') {
    return { id, verdict: 'no', text: `it is in state ${state.name}, on its way to another` };
  }
  if (meaning === 'unknown') {
    return { id, verdict: 'unknown', text: `this agent does not know what its state ${state.name} means` };
  }
  return { id, verdict: 'yes', text: `it is in state ${state.name}` };
}
