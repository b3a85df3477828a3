import { count } from '../units.ts';
import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';

export const checkpointCount: Rule<'checkpoint-count', Levels<number>> = defineRule<
  'checkpoint-count',
  Levels<number>
>({
  id: 'checkpoint-count',
  summary: 'A VM has more checkpoints than allowed, recovery points of Hyper-V Replica not counted.',
  why: 'Many checkpoints are seldom on purpose, each slows the VM down a little, and Hyper-V stops at 50.',
  options: { type: 'levels', limit: 'count' },
  defaults: { info: null, warning: 3, critical: 10 },
  isExceptable: true,
  judgeVm({ vm }, levels) {
    const number = (vm.checkpoints ?? []).filter((checkpoint) => checkpoint.kind !== 'replica').length;
    const crossed = crossedLevel(levels, (limit) => number > limit);
    if (crossed === null) return null;
    return {
      severity: crossed.severity,
      value: { unit: 'count', value: number },
      threshold: { unit: 'count', value: crossed.limit },
      reason: `more than ${count(crossed.limit, 'checkpoint')}`,
      message: `${vm.name} has ${count(number, 'checkpoint')}; ${crossed.limit} are allowed.`,
      advice: 'Delete those nobody needs, one at a time; each deletion starts a merge.',
    };
  },
});
