import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';

export const chainDepth: Rule<'chain-depth', Levels<number>> = defineRule<'chain-depth', Levels<number>>({
  id: 'chain-depth',
  summary: 'A disk of a VM runs on more AVHDX files, one upon the other, than allowed.',
  why: 'Every read may have to search the whole chain, and a chain breaks when any of its files does. Chains of nothing but replica recovery points are not judged.',
  options: { type: 'levels', limit: 'count' },
  defaults: { info: null, warning: 3, critical: 6 },
  isExceptable: false,
  judgeVm({ vm, chain }, levels) {
    const checkpoints = vm.checkpoints ?? [];
    if (checkpoints.length > 0 && checkpoints.every((checkpoint) => checkpoint.kind === 'replica'))
      return null;
    const crossed = crossedLevel(levels, (limit) => chain.atLeastDepth > limit);
    if (crossed === null) return null;
    const depthText = chain.depth === null ? `at least ${chain.atLeastDepth}` : `${chain.depth}`;
    return {
      severity: crossed.severity,
      value: { unit: 'count', value: chain.atLeastDepth },
      threshold: { unit: 'count', value: crossed.limit },
      reason: `chain deeper than ${crossed.limit}`,
      message: `A disk of ${vm.name} runs on a chain of ${depthText} AVHDX files; ${crossed.limit} are allowed.`,
      advice: 'Delete checkpoints that nobody needs; the chain gets shorter when their merges have ended.',
    };
  },
});
