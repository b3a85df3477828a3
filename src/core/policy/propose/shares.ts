import type { Finding } from '../../finding.ts';
import type { DistinctVm } from '../../inventory.ts';
import type { RuleId } from '../../rules/index.ts';
import type { Levels, SizeLimit } from '../../rules/rule.ts';
import type { AgentView } from '../../view.ts';
import { patternOf } from './plain-name.ts';

/** A VM that exceeds only limits in percent: its disks are small, or much of them is written. */
export interface ShareProposal {
  /** Its name, or its id. */
  readonly vm: string;
  readonly vmName: string;
  /** What is found, as `more than 25% of its disks`. */
  readonly reason: string;
  readonly bytes: number;
}

/**
 * The largest first. A VM that cannot be named in a file is left out, and one with AVHDX that no checkpoint explains: that
 * is no question of limits.
 */
export function proposeShares(
  { findings, policy: { rules } }: AgentView,
  vms: readonly DistinctVm[],
  isSharedVm: (name: string) => boolean,
): readonly ShareProposal[] {
  const explained = new Set(
    vms.flatMap(({ view: { vm, chain } }) => (chain.unattributedFiles.length === 0 ? [vm.id] : [])),
  );
  const limits: Readonly<Partial<Record<RuleId, Levels<SizeLimit> | undefined>>> = {
    'avhdx-size': rules['avhdx-size']?.user,
    'vm-avhdx-total': rules['vm-avhdx-total'] ?? undefined,
  };
  const found = findings.filter(
    (finding) => isJudgedByLimits(finding) && isOfShare(finding, limits[finding.rule]),
  );
  // Those that exceed a number of bytes as well are too large for any limit.
  const ofShares = new Set(found);
  const others = findings.filter((each) => limits[each.rule] !== undefined && !ofShares.has(each));
  const tooLarge = new Set(others.map(({ vm }) => vm?.id));
  const byVm = Map.groupBy(found, ({ vm }) => vm?.id);
  return [...byVm]
    .flatMap(([, [first]]): readonly ShareProposal[] => {
      const vm = first?.vm ?? null;
      if (vm === null || first === undefined || tooLarge.has(vm.id) || !explained.has(vm.id)) return [];
      const pattern = patternOf(vm, isSharedVm(vm.name));
      if (pattern === null) return [];
      return [{ vm: pattern, vmName: vm.name, reason: first.reason, bytes: first.value?.value ?? 0 }];
    })
    .sort((a, b) => b.bytes - a.bytes);
}

/** The limits that are proposed are for these kinds alone. */
function isJudgedByLimits({ checkpoint }: Finding): boolean {
  return checkpoint === null || checkpoint.kind === 'user' || checkpoint.kind === 'automatic';
}

function isOfShare({ severity, value }: Finding, levels: Levels<SizeLimit> | undefined): boolean {
  const limit = levels?.[severity] ?? null;
  return limit !== null && limit.ratio !== null && value !== null && value.value <= (limit.bytes ?? Infinity);
}
