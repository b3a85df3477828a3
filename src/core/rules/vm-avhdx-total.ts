import { addSums, type ByteSum } from '../byte-sum.ts';
import type { Finding } from '../finding.ts';
import { compareSeverity } from '../severity.ts';
import { GIB } from '../units.ts';
import { flatMapVms, type SeenVm } from './each.ts';
import { defineRule, type Levels, type Rule, type SizeLimit } from './rule.ts';
import { formatSum, judgeSize } from './size-limit.ts';
import { vmRef, vmSubject } from './subject.ts';

export const vmAvhdxTotal: Rule<'vm-avhdx-total', Levels<SizeLimit>> = defineRule<
  'vm-avhdx-total',
  Levels<SizeLimit>
>({
  id: 'vm-avhdx-total',
  summary: 'All AVHDX files of a VM together, without those of Hyper-V Replica, are larger than allowed.',
  why: 'Several small layers, or layers that no checkpoint explains, fill a volume just as well as one large one. It is not said again when a single checkpoint already explains it.',
  options: { type: 'levels', limit: 'size' },
  defaults: {
    info: null,
    warning: { bytes: 50 * GIB, ratio: 0.1 },
    critical: { bytes: 200 * GIB, ratio: 0.25 },
  },
  evaluate({ inventory, earlier }, levels) {
    return flatMapVms(inventory, (seen): Finding[] => {
      const { vm, chain, host } = seen;
      const total = totalWithoutReplica(seen);
      const verdict = judgeSize(total, chain.virtualBytes, levels);
      if (verdict === null) return [];
      const explained = earlier.some(
        (finding) =>
          finding.rule === 'avhdx-size' &&
          finding.subject.startsWith(`checkpoint:${vmSubject(vm).slice('vm:'.length)}/`) &&
          compareSeverity(finding.severity, verdict.severity) >= 0,
      );
      if (explained) return [];
      return [
        {
          rule: 'vm-avhdx-total',
          subject: vmSubject(vm),
          severity: verdict.severity,
          host: host.host,
          vm: vmRef(vm),
          checkpoint: null,
          sinceAt: null,
          value: { unit: 'bytes', value: total.atLeastBytes },
          threshold: verdict.threshold,
          reason: `AVHDX together ${verdict.reason}`,
          message: `All AVHDX files of ${vm.name} together hold ${formatSum(total)}: ${verdict.reason}.`,
          advice: adviceFor(seen),
        },
      ];
    });
  },
});

function totalWithoutReplica({ vm, chain }: SeenVm): ByteSum {
  const checkpoints = vm.checkpoints ?? [];
  if (!checkpoints.some((checkpoint) => checkpoint.kind === 'replica')) return chain.total;
  const layers = checkpoints.flatMap((checkpoint) => {
    const links = checkpoint.kind === 'replica' ? undefined : chain.checkpoints.get(checkpoint.id);
    return links === undefined ? [] : [links.layer];
  });
  return addSums([...layers, chain.unattributed]);
}

function adviceFor({ vm, chain }: SeenVm): string {
  if (chain.unattributed.atLeastBytes * 2 > chain.total.atLeastBytes) {
    return 'Most of it belongs to no checkpoint: a merge that waits or failed, or layers of a backup product. Do not delete .avhdx files by hand; look at the backup jobs and at the events of Hyper-V-VMMS.';
  }
  const count = vm.checkpoints?.length ?? 0;
  return count === 0
    ? 'Find out what the VM runs on: Get-VMHardDiskDrive, then Get-VHD for each file. Never delete .avhdx files by hand.'
    : 'Delete the checkpoints nobody needs, one at a time and the oldest last, outside busy hours. Never delete .avhdx files by hand.';
}
