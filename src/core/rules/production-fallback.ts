import { isOrdinary } from '../policy/kinds.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';

/** CheckpointType of the Hyper-V module: Production may fall back to a standard checkpoint, ProductionOnly may not. */
const PRODUCTION = 3;
const PRODUCTION_ONLY = 4;

export const productionFallback: Rule<'production-fallback', SeverityOption> = defineRule<
  'production-fallback',
  SeverityOption
>({
  id: 'production-fallback',
  summary: 'A checkpoint carries memory, though its VM is set to production checkpoints.',
  why: 'Hyper-V falls back to a standard checkpoint when the guest does not take part (no VSS, no file system freeze); then no application in it was made consistent. It may also be from before the setting was changed, or of a VM that was saved.',
  options: { type: 'severity' },
  defaults: { severity: 'info' },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint }, { severity }) {
    const { checkpointType } = seen.vm;
    const isProduction = checkpointType === PRODUCTION || checkpointType === PRODUCTION_ONLY;
    if (!isProduction || checkpoint.hasMemory !== true || !isOrdinary(checkpoint.kind)) return null;
    return {
      severity,
      reason: 'with memory, though production is set',
      message: `Checkpoint "${checkpoint.name}" of ${seen.vm.name} carries memory, though the VM is set to production checkpoints: Hyper-V may have fallen back to a standard one.`,
      advice:
        'Look at the integration services of the guest (backup, VSS writers); Set-VM -CheckpointType ProductionOnly forbids the fallback.',
    };
  },
});
