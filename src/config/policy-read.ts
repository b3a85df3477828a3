import { createHash } from 'node:crypto';
import { type BuiltInKind, CHECKPOINT_KINDS } from '../core/model.ts';
import { isLimit } from '../core/policy/limits.ts';
import type {
  KindDefinition,
  PolicyConfig,
  PolicyException,
  RuleOverride,
  SourcePlace,
  VmSelection,
} from '../core/policy/policy.ts';
import { presetPolicy } from '../core/policy/presets.ts';
import type { RuleSetting, SettingValue } from '../core/policy/rule-setting.ts';
import { RULES, type RuleId } from '../core/rules/index.ts';
import { SEVERITIES } from '../core/severity.ts';
import { formatPath, type OptionPath } from './problem.ts';
import type { WrittenRules } from './rules-schema.ts';
import type { Written } from './schema.ts';

/** What the policy needs to know of the file. */
export interface PolicySource {
  readonly written: Written;
  /** The line an option stands on, from 1; `null` when it is not in the file. */
  lineOf(path: OptionPath): number | null;
}

/** The rules that an exception covers when it names none. */
export const EXCEPTED_BY_DEFAULT: readonly RuleId[] = ['checkpoint-age', 'checkpoint-count'];

/** Hyper-V's own kinds that a kind of the configuration can be of, and those it is of when it does not say. */
export const KINDS_TO_NAME: readonly BuiltInKind[] = ['user', 'automatic', 'unknown', 'backup'];
const NAMED_BY_DEFAULT: readonly BuiltInKind[] = ['user', 'automatic', 'unknown'];

/**
 * Puts the policy together: presets first, then what the file says, so that the file has the last word. Limits of a
 * preset for some VMs go before those that the file has for all, but turn no rule on that it has turned off.
 */
export function readPolicy(source: PolicySource): PolicyConfig {
  const { written } = source;
  const presets = presetPolicy(written.kind_presets ?? []);
  return {
    kinds: [...presets.kinds, ...readKinds(source)],
    settings: [...presets.settings, ...ruleSettings(written.rules, ['rules'], source)],
    tags: Object.entries(written.tags ?? {}).map(([tag, vm]) => ({
      tag,
      vm,
      source: placeOf(['tags', tag], source),
    })),
    overrides: [
      ...presets.overrides.map((each) => leavingOff(each, written.rules)),
      ...readOverrides(source),
    ],
    exceptions: readExceptions(source),
    maxDeclaredLifetimeMs: written.max_declared_lifetime,
  };
}

function leavingOff(override: RuleOverride, written: WrittenRules): RuleOverride {
  return { ...override, settings: override.settings.filter(({ rule }) => written[rule] !== null) };
}

function placeOf(path: OptionPath, { lineOf }: PolicySource): SourcePlace {
  return { path: formatPath(path), line: lineOf(path) };
}

/** The place of an entry, with the lines of its options where they stand on others. */
function entryPlace(path: OptionPath, options: object, source: PolicySource): SourcePlace {
  const place = placeOf(path, source);
  const lines = Object.keys(options).flatMap((option) => {
    const line = source.lineOf([...path, option]);
    return line === null || line === place.line ? [] : [[option, line] as const];
  });
  return lines.length === 0 ? place : { ...place, lines: Object.fromEntries(lines) };
}

function readKinds(source: PolicySource): readonly KindDefinition[] {
  return Object.entries(source.written.kinds ?? {}).map(([name, kind]): KindDefinition => {
    const of =
      kind.of === undefined ? NAMED_BY_DEFAULT : CHECKPOINT_KINDS.filter((each) => kind.of?.includes(each));
    return {
      name,
      checkpoint: kind.checkpoint ?? [],
      notes: kind.notes ?? [],
      vm: kind.vm ?? [],
      of,
      advice: kind.advice ?? null,
      source: entryPlace(['kinds', name], kind, source),
    };
  });
}

/** The overrides of the file alone, in its order. */
export function readOverrides(source: PolicySource): readonly RuleOverride[] {
  return (source.written.overrides ?? []).map((override, index): RuleOverride => {
    const path = ['overrides', index];
    return {
      select: selectionOf(override),
      settings: ruleSettings(override.rules ?? {}, [...path, 'rules'], source),
      source: entryPlace(path, override, source),
    };
  });
}

function selectionOf({
  vm,
  host,
  tag,
}: { readonly [S in keyof VmSelection]?: VmSelection[S] | undefined }): VmSelection {
  return { vm: vm ?? [], host: host ?? [], tag: tag ?? [] };
}

/** The exceptions, in the order of the file. */
export function readExceptions(source: PolicySource): readonly PolicyException[] {
  return (source.written.exceptions ?? []).map((exception, index): PolicyException => {
    const named = RULES.flatMap(({ id }) => (exception.rules?.includes(id) === true ? [id] : []));
    const covered: Covered = {
      select: selectionOf(exception),
      kind: exception.kind ?? [],
      checkpoint: exception.checkpoint ?? [],
      rules: exception.rules === undefined ? EXCEPTED_BY_DEFAULT : named,
    };
    return {
      key: keyOf(covered),
      ...covered,
      reason: exception.reason,
      until: exception.until,
      owner: exception.owner ?? null,
      source: entryPlace(['exceptions', index], exception, source),
    };
  });
}

/** What an exception covers makes it the same one, not how long or why: a later end does not begin its life anew. */
function keyOf({ select, kind, checkpoint, rules }: Covered): string {
  const lists = [select.vm, select.host, select.tag, kind, checkpoint, rules];
  const text = JSON.stringify(lists.map((list) => list.toSorted()));
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

type Covered = Pick<PolicyException, 'select' | 'kind' | 'checkpoint' | 'rules'>;

/** A section of rules as single settings, in the order of the file. */
export function ruleSettings(
  rules: WrittenRules,
  path: OptionPath,
  source: PolicySource,
): readonly RuleSetting[] {
  return RULES.flatMap(({ id, options }): readonly RuleSetting[] => {
    const rule = rules[id];
    if (rule === undefined) return [];
    const at = [...path, id];
    const whole = { rule: id, kind: '', key: '', source: placeOf(at, source) };
    if (rule === null) return [{ ...whole, value: null }];
    const hasKinds = options.type === 'levels-by-kind';
    const own = Object.entries(rule).flatMap(([key, value]): readonly RuleSetting[] => {
      if (value === undefined) return [];
      const isKind = hasKinds && !SEVERITIES.some((severity) => severity === key);
      const optionAt = placeOf([...at, key], source);
      if (!isKind) return [{ rule: id, kind: '', key, value: settingValue(value), source: optionAt }];
      return kindSettings(id, key, value, { at: [...at, key], optionAt, source });
    });
    // A section with nothing in it turns a rule on that is off by default.
    return own.length === 0 ? [{ ...whole, value: true }] : own;
  });
}

function kindSettings(
  rule: RuleId,
  kind: string,
  levels: unknown,
  { at, optionAt, source }: { at: OptionPath; optionAt: SourcePlace; source: PolicySource },
): readonly RuleSetting[] {
  if (levels === null) return SEVERITIES.map((key) => ({ rule, kind, key, value: null, source: optionAt }));
  return Object.entries(Object(levels)).flatMap(([key, value]): readonly RuleSetting[] =>
    value === undefined
      ? []
      : [{ rule, kind, key, value: settingValue(value), source: placeOf([...at, key], source) }],
  );
}

/** Narrows what the schema has read; anything else cannot come from it. */
function settingValue(value: unknown): SettingValue {
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || isLimit(value))
    return value;
  return Array.isArray(value) ? value.map(String) : null;
}
