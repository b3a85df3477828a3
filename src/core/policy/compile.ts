import { drained } from '../drained.ts';
import type { Inventory } from '../inventory.ts';
import type { CheckpointKind, Vm } from '../model.ts';
import { removalAdvice } from '../rules/advice.ts';
import { RULES, type RuleId, type RulesConfig } from '../rules/index.ts';
import { foldCase } from '../wildcard.ts';
import { compileExceptions, type Exceptions } from './exceptions.ts';
import { classifyInventory, compileKinds } from './kinds.ts';
import { NEVER_TAG } from './lifetime/found.ts';
import type { PolicyConfig } from './policy.ts';
import { type ResolvedRule, resolveRule } from './resolve-rule.ts';
import type { RuleSetting } from './rule-setting.ts';
import { compileSelections, type SelectableVm } from './selector.ts';

/** The effective options of every rule for one VM, and where each was written. */
export type ResolvedRules = ReadonlyMap<RuleId, ResolvedRule>;

/** A policy made ready to judge. Answers are remembered: ask one policy again rather than make another. */
export interface Policy {
  readonly config: PolicyConfig;
  /** What holds for hosts, and for VMs that no override names. */
  readonly rules: RulesConfig;
  /** The kinds that the configuration defines, each once. */
  readonly ownKinds: readonly string[];
  classify(inventory: Inventory): Inventory;
  /** The same, handing the turn back now and then. */
  classifyInSteps(inventory: Inventory): Generator<void, Inventory>;
  /** Tags of the configuration, then those given, without repetition. */
  tagsOf(vm: Pick<Vm, 'id' | 'name'>, declared: readonly string[]): readonly string[];
  rulesFor(vm: SelectableVm): RulesConfig;
  /** The same with where each option comes from. */
  resolvedFor(vm: SelectableVm): ResolvedRules;
  readonly exceptions: Exceptions;
  /** How to get rid of a checkpoint of the kind: as the configuration advises for it, else as Hyper-V has it. */
  removalAdvice(kind: CheckpointKind): string;
}

export function compilePolicy(config: PolicyConfig): Policy {
  const ownKinds = [...new Set(config.kinds.map(({ name }) => name))];
  const classify = compileKinds(config.kinds);
  function* classifyInSteps(inventory: Inventory): Generator<void, Inventory> {
    const kinds = config.kinds.length;
    return kinds === 0 ? inventory : yield* classifyInventory(inventory, classify, kinds);
  }
  const resolve = createResolver(config, ownKinds);
  const select = compileSelections(config.overrides.map((override) => override.select));
  return {
    config,
    ownKinds,
    rules: resolve([]).rules,
    classify: (inventory) => drained(classifyInSteps(inventory)),
    classifyInSteps,
    tagsOf: compileTags(config),
    rulesFor: (vm) => resolve(select(vm)).rules,
    resolvedFor: (vm) => resolve(select(vm)).resolved,
    exceptions: compileExceptions(config.exceptions),
    removalAdvice: compileAdvice(config),
  };
}

interface Resolution {
  readonly rules: RulesConfig;
  readonly resolved: ResolvedRules;
}

/** Many VMs are named by the same overrides, so that there are few different answers. */
function createResolver(
  { settings, overrides }: PolicyConfig,
  ownKinds: readonly string[],
): (overrideIndices: readonly number[]) => Resolution {
  const known = new Map<string, Resolution>();
  // The same VM is given the same list from scan to scan.
  const ofList = new WeakMap<readonly number[], Resolution>();
  const base = Map.groupBy(settings, ({ rule }) => rule);
  const byOverride = overrides.map((override) => Map.groupBy(override.settings, ({ rule }) => rule));
  const unchanged = new Map(
    RULES.map((rule) => [rule.id, resolveRule(rule, base.get(rule.id) ?? [], ownKinds)]),
  );
  const resolveKey = (indices: readonly number[]): Resolution => {
    const key = indices.join(' ');
    const before = known.get(key);
    if (before !== undefined) return before;
    const resolved = new Map<RuleId, ResolvedRule>(
      RULES.map((rule) => {
        const written = indices.flatMap(
          (index): readonly RuleSetting[] => byOverride[index]?.get(rule.id) ?? [],
        );
        const same = unchanged.get(rule.id);
        if (written.length === 0 && same !== undefined) return [rule.id, same];
        return [rule.id, resolveRule(rule, [...(base.get(rule.id) ?? []), ...written], ownKinds)];
      }),
    );
    const resolution = { rules: rulesOf(resolved), resolved };
    known.set(key, resolution);
    return resolution;
  };
  return (indices) => {
    const before = ofList.get(indices);
    if (before !== undefined) return before;
    const resolution = resolveKey(indices);
    ofList.set(indices, resolution);
    return resolution;
  };
}

function rulesOf(resolved: ResolvedRules): RulesConfig {
  const rules = Object.fromEntries([...resolved].map(([id, { options }]) => [id, options]));
  // Made from the same registry, so that only a mistake in this folder could fail here.
  if (!isRulesConfig(rules)) throw new Error('a rule of the registry is missing in the policy');
  return rules;
}

function isRulesConfig(rules: Readonly<Record<string, unknown>>): rules is RulesConfig {
  return RULES.every(({ id }) => rules[id] !== undefined);
}

/** Each text is made once: thousands of checkpoints have the same. */
function compileAdvice({ kinds }: PolicyConfig): Policy['removalAdvice'] {
  const own = new Map(kinds.map(({ name, advice }) => [name, advice]));
  const known = new Map<CheckpointKind, string>();
  return (kind) => {
    const before = known.get(kind);
    if (before !== undefined) return before;
    const advice = removalAdvice(kind, own.get(kind) ?? null);
    known.set(kind, advice);
    return advice;
  };
}

/** More would only fill memory. */
const MOST_TAGS = 32;

function compileTags({ tags }: PolicyConfig): Policy['tagsOf'] {
  const names = tags.map(({ tag }) => foldCase(tag));
  const select = compileSelections(tags.map(({ vm }) => ({ vm, host: [], tag: [] })));
  const together = (given: readonly number[], declared: readonly string[]): readonly string[] => {
    const all = [...new Set([...given.flatMap((index) => names[index] ?? []), ...declared])];
    const kept = all.slice(0, MOST_TAGS);
    return all.includes(NEVER_TAG) && !kept.includes(NEVER_TAG) ? [...kept, NEVER_TAG] : kept;
  };
  // The same VM is given the same list from scan to scan.
  const ofGivenAlone = new WeakMap<readonly number[], readonly string[]>();
  return (vm, declared) => {
    const given = select({ vm, host: '', tags: NO_TAGS });
    if (given.length === 0) return declared;
    if (declared.length > 0) return together(given, declared);
    const before = ofGivenAlone.get(given);
    if (before !== undefined) return before;
    const tags = together(given, declared);
    ofGivenAlone.set(given, tags);
    return tags;
  };
}

const NO_TAGS: readonly string[] = [];
