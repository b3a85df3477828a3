import type { Severity } from '../severity.ts';
import { defineRule, type Rule } from './rule.ts';

/** VMCheckpointType of the Hyper-V module, by the words of the configuration. */
export const CHECKPOINT_TYPES: ReadonlyMap<number, string> = new Map([
  [2, 'disabled'],
  [3, 'production'],
  [4, 'production-only'],
  [5, 'standard'],
]);

export interface CheckpointPolicyOptions {
  readonly severity: Severity;
  /** Types that a VM may be set to; empty allows all. */
  readonly types: readonly string[];
  /** Whether automatic checkpoints may be on. */
  readonly automatic: boolean;
}

export const checkpointPolicy: Rule<'checkpoint-policy', CheckpointPolicyOptions> = defineRule<
  'checkpoint-policy',
  CheckpointPolicyOptions
>({
  id: 'checkpoint-policy',
  summary: 'A VM is set to another type of checkpoints than the policy allows, or takes automatic ones.',
  why: 'Automatic checkpoints are meant for developers: on a server each start of the VM leaves one behind. Which types are allowed is for the site to say.',
  options: {
    type: 'fields',
    fields: {
      severity: { type: 'severity', description: 'How bad it is.' },
      types: {
        type: 'words',
        words: [...CHECKPOINT_TYPES.values()],
        description: 'Types that a VM may be set to (`Set-VM -CheckpointType`). Empty: any.',
      },
      automatic: { type: 'boolean', description: 'Whether automatic checkpoints may be on.' },
    },
  },
  defaults: { severity: 'info', types: [], automatic: false },
  isExceptable: true,
  judgeVm({ vm }, { severity, types, automatic }) {
    const type = vm.checkpointType === null ? undefined : CHECKPOINT_TYPES.get(vm.checkpointType);
    const isOther = types.length > 0 && type !== undefined && !types.includes(type);
    const isAutomatic = !automatic && vm.automaticCheckpoints === true;
    const reasons = [
      ...(isOther ? [`checkpoint type ${type}`] : []),
      ...(isAutomatic ? ['automatic checkpoints on'] : []),
    ];
    if (reasons.length === 0) return null;
    return {
      severity,
      reason: reasons.join(', '),
      message: `${vm.name} is set against the policy: ${reasons.join(', ')}.`,
      advice: [
        ...(isOther ? [`Set-VM -CheckpointType takes ${types.join(' or ')} here.`] : []),
        ...(isAutomatic ? ['Set-VM -AutomaticCheckpointsEnabled $false turns them off.'] : []),
      ].join(' '),
    };
  },
});
