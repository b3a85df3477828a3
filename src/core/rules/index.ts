import { drained } from '../drained.ts';
import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import type { Instant } from '../model.ts';
import type { Policy } from '../policy/compile.ts';
import type { ExceptionMatch } from '../policy/exceptions.ts';
import type { PolicyMemory } from '../policy/memory.ts';
import { compareFindings } from '../trouble.ts';
import { avhdxSize } from './avhdx-size.ts';
import { chainDepth } from './chain-depth.ts';
import { checkpointAge } from './checkpoint-age.ts';
import { checkpointCount } from './checkpoint-count.ts';
import { checkpointExpired } from './checkpoint-expired.ts';
import { checkpointPolicy } from './checkpoint-policy.ts';
import { clockSkew } from './clock-skew.ts';
import { exceptionEnding } from './exception-ending.ts';
import { exceptionUnused } from './exception-unused.ts';
import { guestRole } from './guest-role.ts';
import { hostUnreachable } from './host-unreachable.ts';
import { lifetimeIgnored } from './lifetime-ignored.ts';
import { memoryState } from './memory-state.ts';
import { missingCheckpoint } from './missing-checkpoint.ts';
import { productionFallback } from './production-fallback.ts';
import type { Raised, RuleContext } from './rule.ts';
import { scanIncomplete } from './scan-incomplete.ts';
import { type Seen, type SeenVm, seeAll } from './seen.ts';
import { uncoveredDisk } from './uncovered-disk.ts';
import { undocumented } from './undocumented.ts';
import { vmAvhdxTotal } from './vm-avhdx-total.ts';
import { vmCriticalState } from './vm-critical-state.ts';

/** Every rule the agent knows, causes before consequences. A new rule adds one line here and one to the defaults. */
export const RULES = [
  vmCriticalState,
  missingCheckpoint,
  checkpointAge,
  checkpointExpired,
  guestRole,
  avhdxSize,
  vmAvhdxTotal,
  checkpointCount,
  chainDepth,
  uncoveredDisk,
  lifetimeIgnored,
  memoryState,
  productionFallback,
  checkpointPolicy,
  undocumented,
  hostUnreachable,
  scanIncomplete,
  clockSkew,
  exceptionEnding,
  exceptionUnused,
] as const;

type AnyRule = (typeof RULES)[number];
export type RuleId = AnyRule['id'];

/** The effective options of every rule; `null` turns a rule off. */
export type RulesConfig = { readonly [R in AnyRule as R['id']]: R['defaults'] | null };

/** What is judged, and by what. */
export interface JudgeInput {
  /** As it was read: kinds of the configuration's own are given here. */
  readonly inventory: Inventory;
  readonly policy: Policy;
  readonly memory: PolicyMemory;
  readonly now: Instant;
}

export interface Judgement {
  /** The inventory with the kinds of the policy. */
  readonly inventory: Inventory;
  /** Worst first, what exceptions cover last; the order within a severity is stable. */
  readonly findings: readonly Finding[];
  readonly exceptions: readonly ExceptionMatch[];
  readonly seen: Seen;
}

/** Judges the inventory by every rule. Pure. */
export function judge(input: JudgeInput): Judgement {
  return drained(judgeInSteps(input));
}

/** The same, handing the turn back after each rule: one pass over thousands of VMs takes some milliseconds. */
export function* judgeInSteps({
  inventory: read,
  policy,
  memory,
  now,
}: JudgeInput): Generator<void, Judgement> {
  const inventory = yield* policy.classifyInSteps(read);
  yield;
  const seen = yield* seeAll({ inventory, policy, memory, now });
  yield;
  const earlier = new Map<SeenVm | null, Raised[]>();
  const context: RuleContext = {
    inventory,
    now,
    policy: policy.config,
    memory,
    earlierOf(vm, rule) {
      const found = earlier.get(vm)?.filter(({ finding }) => finding.rule === rule) ?? [];
      return policy.exceptions.cover(found, now);
    },
  };
  const judged = { seen, context, hostOptions: policy.rules, vmOptions: rulesOfVm };
  const raised: Raised[] = [];
  for (const rule of RULES) {
    for (const each of rule.judge(judged)) {
      raised.push(each);
      const ofVm = earlier.get(each.vm);
      if (ofVm === undefined) earlier.set(each.vm, [each]);
      else ofVm.push(each);
    }
    yield;
  }
  const { findings, matches } = yield* policy.exceptions.apply(raised, seen.vms, now);
  yield;
  const ofExceptions = RULES.flatMap((rule) => rule.judgeExceptions(matches, policy.rules, context));
  const all = [...findings, ...ofExceptions].sort(compareFindings);
  return { inventory, findings: all, exceptions: matches, seen };
}

function rulesOfVm(seen: SeenVm): RulesConfig {
  return seen.rules;
}
