import { isOrdinary } from '../policy/kinds.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';

export const memoryState: Rule<'memory-state', SeverityOption> = defineRule<'memory-state', SeverityOption>({
  id: 'memory-state',
  summary: 'A checkpoint carries the memory of its VM.',
  why: 'Applying it wakes the VM in the middle of what it did then, with open connections and old times; and its saved state takes as much room as the memory.',
  options: { type: 'severity' },
  defaults: { severity: 'info' },
  isOff: true,
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint }, { severity }) {
    if (checkpoint.hasMemory !== true || !isOrdinary(checkpoint.kind)) return null;
    return {
      severity,
      reason: 'with memory',
      message: `Checkpoint "${checkpoint.name}" of ${seen.vm.name} carries the memory of the VM.`,
      advice: 'Set-VM -CheckpointType ProductionOnly makes Hyper-V take checkpoints of the disks alone.',
    };
  },
});
