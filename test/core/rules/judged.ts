import type { RuleId, RulesConfig } from '../../../src/core/rules/index.ts';
import { type HostSpec, inventory, NOW, type VmSpec } from '../../builders.ts';
import { findingsIn, policyOfRules } from '../../policy.ts';

/** The findings of one rule, as `severity subject-name: reason`, worst first. */
export function judged(
  rule: RuleId,
  hosts: readonly HostSpec[],
  config: Partial<RulesConfig> = {},
): readonly string[] {
  return findingsIn(inventory(...hosts), NOW, { policy: policyOfRules(config) })
    .filter((finding) => finding.rule === rule)
    .map(
      ({ severity, checkpoint, vm, host, reason }) =>
        `${severity} ${checkpoint?.name ?? vm?.name ?? host}: ${reason}`,
    );
}

/** The same for a single VM. */
export function judgedVm(rule: RuleId, vm: VmSpec, config: Partial<RulesConfig> = {}): readonly string[] {
  return judged(rule, [{ readAt: NOW, vms: [vm] }], config);
}
