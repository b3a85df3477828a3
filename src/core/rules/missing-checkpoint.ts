import { defineRule, type Rule, type SeverityOption } from './rule.ts';

/** SnapshotType Missing (5) of the Hyper-V PowerShell module: the VM refers to settings that cannot be read any more. */
export const missingCheckpoint: Rule<'missing-checkpoint', SeverityOption> = defineRule<
  'missing-checkpoint',
  SeverityOption
>({
  id: 'missing-checkpoint',
  summary: 'Hyper-V lists a checkpoint whose configuration it cannot find (type Missing).',
  why: 'Its files are still part of the chain, but it can be neither applied nor deleted in the usual way, and the VM is harder to move, back up and merge.',
  options: { type: 'severity' },
  defaults: { severity: 'critical' },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint, advice }, { severity }) {
    if (checkpoint.kind !== 'missing') return null;
    return {
      severity,
      reason: 'configuration lost',
      message: `Hyper-V cannot find the configuration of checkpoint "${checkpoint.name}" of ${seen.vm.name}.`,
      advice,
    };
  },
});
