import { GIB } from '../units.ts';
import { type ByKind, defineRule, type Rule, type SizeLimit } from './rule.ts';
import { formatSumAbove, judgeSize } from './size-limit.ts';

const LEVELS = {
  info: null,
  warning: { bytes: 50 * GIB, ratio: 0.1 },
  critical: { bytes: 200 * GIB, ratio: 0.25 },
};

export const avhdxSize: Rule<'avhdx-size', ByKind<SizeLimit>> = defineRule<'avhdx-size', ByKind<SizeLimit>>({
  id: 'avhdx-size',
  summary: 'The layer of a checkpoint, all AVHDX written after it, is larger than allowed.',
  why: "The layer is what a checkpoint costs on the volume, and what deleting it has to move. A limit in percent is of the virtual size of the VM's disks, and holds from 20 GiB on.",
  options: {
    type: 'levels-by-kind',
    limit: 'size',
    kinds: ['user', 'automatic', 'planned', 'unknown'],
    flat: ['user', 'automatic'],
  },
  defaults: { user: LEVELS, automatic: LEVELS, unknown: LEVELS },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint, links, advice }, options) {
    const levels = options[checkpoint.kind];
    if (levels === undefined || links === null) return null;
    const crossed = judgeSize(links.layer, seen.chain.virtualBytes, levels);
    if (crossed === null) return null;
    const { severity, threshold, reason } = crossed;
    return {
      severity,
      value: { unit: 'bytes', value: links.layer.atLeastBytes },
      threshold,
      reason,
      message: `The layer of checkpoint "${checkpoint.name}" of ${seen.vm.name} holds ${formatSumAbove(links.layer, threshold.value)}: ${reason}.`,
      advice,
    };
  },
});
