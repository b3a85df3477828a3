import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import type { Instant } from '../model.ts';
import { compareFindings } from '../trouble.ts';
import { avhdxSize } from './avhdx-size.ts';
import { chainDepth } from './chain-depth.ts';
import { checkpointAge } from './checkpoint-age.ts';
import { checkpointCount } from './checkpoint-count.ts';
import { clockSkew } from './clock-skew.ts';
import { hostUnreachable } from './host-unreachable.ts';
import { scanIncomplete } from './scan-incomplete.ts';
import { vmAvhdxTotal } from './vm-avhdx-total.ts';
import { vmCriticalState } from './vm-critical-state.ts';

/** Every rule the agent knows, causes before consequences. A new rule adds one line here and one to the defaults. */
export const RULES = [
  vmCriticalState,
  checkpointAge,
  avhdxSize,
  vmAvhdxTotal,
  checkpointCount,
  chainDepth,
  hostUnreachable,
  scanIncomplete,
  clockSkew,
] as const;

type AnyRule = (typeof RULES)[number];
export type RuleId = AnyRule['id'];

/** The effective options of every rule; `null` turns a rule off. */
export type RulesConfig = { readonly [R in AnyRule as R['id']]: R['defaults'] | null };

export const DEFAULT_RULES: RulesConfig = {
  'vm-critical-state': vmCriticalState.defaults,
  'checkpoint-age': checkpointAge.defaults,
  'avhdx-size': avhdxSize.defaults,
  'vm-avhdx-total': vmAvhdxTotal.defaults,
  'checkpoint-count': checkpointCount.defaults,
  'chain-depth': chainDepth.defaults,
  'host-unreachable': hostUnreachable.defaults,
  'scan-incomplete': scanIncomplete.defaults,
  'clock-skew': clockSkew.defaults,
};

/** Judges the inventory by every rule. Worst first; the order within a severity is stable. Pure. */
export function judge(inventory: Inventory, config: RulesConfig, now: Instant): readonly Finding[] {
  const steps = judgeInSteps(inventory, config, now);
  for (;;) {
    const step = steps.next();
    if (step.done === true) return step.value;
  }
}

/** The same, handing the turn back after each rule: one pass over thousands of VMs takes some milliseconds. */
export function* judgeInSteps(
  inventory: Inventory,
  config: RulesConfig,
  now: Instant,
): Generator<void, readonly Finding[]> {
  let findings: readonly Finding[] = [];
  for (const rule of RULES) {
    findings = findings.concat(rule.judge({ inventory, now, earlier: findings }, config));
    yield;
  }
  return findings.toSorted(compareFindings);
}
