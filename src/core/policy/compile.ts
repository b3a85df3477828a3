import type { Inventory } from '../inventory.ts';
import type { CheckpointKind, Vm } from '../model.ts';
import { RULES, type RuleId, type RulesConfig } from '../rules/index.ts';
import { compilePatterns, foldCase } from '../wildcard.ts';
import { classifyInventory, compileKinds } from './kinds.ts';
import type { PolicyConfig } from './policy.ts';
import { type ResolvedRule, resolveRule } from './resolve-rule.ts';
import type { RuleSetting } from './rule-setting.ts';
import { compileSelection, foldVm, type SelectableVm } from './selector.ts';

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
  /** Tags of the configuration, then those given, without repetition. */
  tagsOf(vm: Pick<Vm, 'id' | 'name'>, declared: readonly string[]): readonly string[];
  rulesFor(vm: SelectableVm): RulesConfig;
  /** The same with where each option comes from. */
  resolvedFor(vm: SelectableVm): ResolvedRules;
  /** What the configuration advises for a kind of its own; `null` for Hyper-V's kinds, and where it says nothing. */
  kindAdvice(kind: CheckpointKind): string | null;
}

export function compilePolicy(config: PolicyConfig): Policy {
  const ownKinds = [...new Set(config.kinds.map(({ name }) => name))];
  const advice = new Map(config.kinds.map((kind) => [kind.name, kind.advice]));
  const classify = compileKinds(config.kinds);
  const resolve = createResolver(config, ownKinds);
  const none: readonly number[] = [];
  const selections = config.overrides.map(({ select }) => compileSelection(select));
  const matching = (vm: SelectableVm): readonly number[] => {
    if (selections.length === 0) return none;
    const folded = foldVm(vm);
    const found: number[] = [];
    for (const [index, selects] of selections.entries()) if (selects(folded)) found.push(index);
    return found;
  };
  return {
    config,
    ownKinds,
    rules: resolve([]).rules,
    classify: (inventory) => (config.kinds.length === 0 ? inventory : classifyInventory(inventory, classify)),
    tagsOf: compileTags(config),
    rulesFor: (vm) => resolve(matching(vm)).rules,
    resolvedFor: (vm) => resolve(matching(vm)).resolved,
    kindAdvice: (kind) => advice.get(kind) ?? null,
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
  const base = Map.groupBy(settings, ({ rule }) => rule);
  const byOverride = overrides.map((override) => Map.groupBy(override.settings, ({ rule }) => rule));
  const unchanged = new Map(
    RULES.map((rule) => [rule.id, resolveRule(rule, base.get(rule.id) ?? [], ownKinds)]),
  );
  return (indices) => {
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

/** More would only fill memory. */
const MOST_TAGS = 32;

function compileTags({ tags }: PolicyConfig): Policy['tagsOf'] {
  const compiled = tags.map(({ tag, vm }) => ({ tag: foldCase(tag), matches: compilePatterns(vm) }));
  const none: readonly string[] = [];
  return ({ id, name }, declared) => {
    if (compiled.length === 0) return declared.length === 0 ? none : declared;
    const [foldedName, foldedId] = [foldCase(name), foldCase(id)];
    const given = compiled.flatMap(({ tag, matches }) =>
      matches(foldedName) || matches(foldedId) ? [tag] : [],
    );
    return given.length === 0 ? declared : [...new Set([...given, ...declared])].slice(0, MOST_TAGS);
  };
}
