import { addSums, type ByteSum } from '../byte-sum.ts';
import type { Finding } from '../finding.ts';
import { compareSeverity, type Severity } from '../severity.ts';
import { GIB } from '../units.ts';
import { removalAdvice } from './advice.ts';
import { flatMapVms, type SeenVm } from './each.ts';
import { defineRule, type Levels, type Rule, type SizeLimit } from './rule.ts';
import { formatSumAbove, judgeSize } from './size-limit.ts';
import { vmRef, vmSubject, vmSubjectOf } from './subject.ts';

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
    const explained = worstLayers(earlier);
    return flatMapVms(inventory, (seen): Finding[] => {
      const { vm, chain, host } = seen;
      const total = totalWithoutReplica(seen);
      const verdict = judgeSize(total, chain.virtualBytes, levels);
      if (verdict === null) return [];
      const worstLayer = explained.get(vmSubject(vm));
      if (worstLayer !== undefined && compareSeverity(worstLayer, verdict.severity) >= 0) return [];
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
          message: `All AVHDX files of ${vm.name} together hold ${formatSumAbove(total, verdict.threshold.value)}: ${verdict.reason}.`,
          advice: adviceFor(seen),
        },
      ];
    });
  },
});

/** The worst finding about a single layer of each VM, by the subject of the VM. */
function worstLayers(findings: readonly Finding[]): ReadonlyMap<string, Severity> {
  const worst = new Map<string, Severity>();
  for (const { rule, subject, severity } of findings) {
    if (rule !== 'avhdx-size') continue;
    const vm = vmSubjectOf(subject) ?? subject;
    const before = worst.get(vm);
    if (before === undefined || compareSeverity(severity, before) > 0) worst.set(vm, severity);
  }
  return worst;
}

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
  const checkpoints = vm.checkpoints ?? [];
  if (checkpoints.length === 0) {
    return 'Find out what the VM runs on: Get-VMHardDiskDrive, then Get-VHD for each file. Never delete .avhdx files by hand.';
  }
  const largest = checkpoints.toSorted((a, b) => layerBytes(chain, b.id) - layerBytes(chain, a.id))[0];
  return largest === undefined || largest.kind === 'user' || largest.kind === 'unknown'
    ? 'Delete the checkpoints nobody needs, one at a time and the oldest last, outside busy hours. Never delete .avhdx files by hand.'
    : `The largest part belongs to "${largest.name}" (${largest.kind}). ${removalAdvice(largest.kind)}`;
}

function layerBytes({ checkpoints }: SeenVm['chain'], id: string): number {
  return checkpoints.get(id)?.layer.atLeastBytes ?? 0;
}
