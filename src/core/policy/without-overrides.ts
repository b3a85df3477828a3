import { RULES, type RuleId } from '../rules/index.ts';
import type { Policy, ResolvedRules } from './compile.ts';
import { resolveRule } from './resolve-rule.ts';

/** Whether a rule judges VMs or their checkpoints: overrides change nothing for others. */
export function isRuleAboutVms(id: RuleId): boolean {
  return RULES.some(
    (rule) => rule.id === id && (rule.judgeVm !== undefined || rule.judgeCheckpoint !== undefined),
  );
}

/** The options that hold for what no override names, such as hosts, and where each was written. */
export function resolvedWithoutOverrides({ config, ownKinds }: Policy): ResolvedRules {
  const byRule = Map.groupBy(config.settings, ({ rule }) => rule);
  return new Map(RULES.map((rule) => [rule.id, resolveRule(rule, byRule.get(rule.id) ?? [], ownKinds)]));
}
