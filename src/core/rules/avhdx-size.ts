import type { Finding } from '../finding.ts';
import { GIB } from '../units.ts';
import { removalAdvice } from './advice.ts';
import { flatMapCheckpoints } from './each.ts';
import { type ByKind, defineRule, type Rule, type SizeLimit } from './rule.ts';
import { formatSumAbove, judgeSize } from './size-limit.ts';
import { checkpointRef, checkpointSubject, vmRef } from './subject.ts';

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
  evaluate({ inventory }, options) {
    return flatMapCheckpoints(inventory, ({ host, vm, chain, checkpoint, links }): Finding[] => {
      const levels = options[checkpoint.kind];
      if (levels === undefined || links === null) return [];
      const verdict = judgeSize(links.layer, chain.virtualBytes, levels);
      if (verdict === null) return [];
      return [
        {
          rule: 'avhdx-size',
          subject: checkpointSubject(vm, checkpoint),
          severity: verdict.severity,
          host: host.host,
          vm: vmRef(vm),
          checkpoint: checkpointRef(checkpoint),
          sinceAt: null,
          value: { unit: 'bytes', value: links.layer.atLeastBytes },
          threshold: verdict.threshold,
          reason: verdict.reason,
          message: `The layer of checkpoint "${checkpoint.name}" of ${vm.name} holds ${formatSumAbove(links.layer, verdict.threshold.value)}: ${verdict.reason}.`,
          advice: removalAdvice(checkpoint.kind),
        },
      ];
    });
  },
});
