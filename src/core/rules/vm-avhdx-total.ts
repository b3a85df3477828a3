import { addSums, type ByteSum } from '../byte-sum.ts';
import { activeFindings, exceptedFindings, type Finding } from '../finding.ts';
import type { Checkpoint } from '../model.ts';
import { compareSeverity, worstSeverity } from '../severity.ts';
import { GIB } from '../units.ts';
import { defineRule, type Levels, type Rule, type SizeLimit, type Verdict } from './rule.ts';
import type { SeenCheckpoint, SeenVm } from './seen.ts';
import { formatSumAbove, judgeSize, type SizeVerdict } from './size-limit.ts';

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
  isExceptable: true,
  judgeVm(seen, levels, { earlierOf }) {
    const { chain } = seen;
    const total = totalWithoutReplica(seen);
    const crossed = judgeSize(total, chain.virtualBytes, levels);
    if (crossed === null) return null;
    const causes = earlierOf(seen, 'avhdx-size');
    if (!isExplained(crossed, causes)) return verdict(seen, total, crossed, '');
    const open = activeFindings(causes);
    if (open.length === causes.length) return null;
    // An exception is for one layer, not for whatever grows beside it.
    const excepted = new Set(exceptedFindings(causes).map(({ checkpoint }) => checkpoint?.id));
    const rest = totalWithout(seen, ({ id, kind }) => kind === 'replica' || excepted.has(id));
    const crossedByRest = judgeSize(rest, chain.virtualBytes, levels);
    if (crossedByRest === null || isExplained(crossedByRest, open)) return null;
    return verdict(seen, rest, crossedByRest, ', without the layers that exceptions cover,');
  },
});

function isExplained({ severity }: SizeVerdict, causes: readonly Finding[]): boolean {
  const explained = worstSeverity(causes.map((cause) => cause.severity));
  return explained !== null && compareSeverity(explained, severity) >= 0;
}

function verdict(
  seen: SeenVm,
  sum: ByteSum,
  { severity, threshold, reason }: SizeVerdict,
  restriction: string,
): Verdict {
  return {
    severity,
    value: { unit: 'bytes', value: sum.atLeastBytes },
    threshold,
    reason: `AVHDX together ${reason}`,
    message: `All AVHDX files of ${seen.vm.name} together${restriction} hold ${formatSumAbove(sum, threshold.value)}: ${reason}.`,
    advice: adviceFor(seen),
  };
}

/** All AVHDX of a VM without those of Hyper-V Replica. */
export function totalWithoutReplica(seen: SeenVm): ByteSum {
  return totalWithout(seen, ({ kind }) => kind === 'replica');
}

function totalWithout({ vm, chain }: SeenVm, isLeftOut: (checkpoint: Checkpoint) => boolean): ByteSum {
  const checkpoints = vm.checkpoints ?? [];
  if (!checkpoints.some(isLeftOut)) return chain.total;
  const counted = checkpoints.filter((checkpoint) => !isLeftOut(checkpoint));
  return addSums([
    ...counted.flatMap(({ id }) => chain.checkpoints.get(id)?.layer ?? []),
    chain.unattributed,
  ]);
}

function adviceFor({ checkpoints, chain }: SeenVm): string {
  if (chain.unattributed.atLeastBytes * 2 > chain.total.atLeastBytes) {
    return 'Most of it belongs to no checkpoint: a merge that waits or failed, or layers of a backup product. Do not delete .avhdx files by hand; look at the backup jobs and at the events of Hyper-V-VMMS.';
  }
  if (checkpoints.length === 0) {
    return 'Find out what the VM runs on: Get-VMHardDiskDrive, then Get-VHD for each file. Never delete .avhdx files by hand.';
  }
  const largest = checkpoints.toSorted((a, b) => layerBytes(b) - layerBytes(a))[0];
  const kind = largest?.checkpoint.kind ?? 'user';
  return largest === undefined || kind === 'user' || kind === 'unknown'
    ? 'Delete the checkpoints nobody needs, one at a time and the oldest last, outside busy hours. Never delete .avhdx files by hand.'
    : `The largest part belongs to "${largest.checkpoint.name}" (${kind}). ${largest.advice}`;
}

function layerBytes({ links }: SeenCheckpoint): number {
  return links?.layer.atLeastBytes ?? 0;
}
