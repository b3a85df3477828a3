import { isLimit } from '../core/policy/limits.ts';
import type {
  KindDefinition,
  PolicyConfig,
  PolicyException,
  RuleOverride,
  TagDefinition,
  VmSelection,
} from '../core/policy/policy.ts';
import type { RuleSetting } from '../core/policy/rule-setting.ts';
import { RULES } from '../core/rules/index.ts';
import { formatDurationExact } from '../core/units.ts';
import { writeLimit } from './limits.ts';
import type { WrittenValue } from './yaml-write.ts';

type Section = Readonly<Record<string, WrittenValue>>;

/** The written form of everything that judges but the rules themselves. What presets bring comes from their names. */
export function writePolicy(policy: PolicyConfig): Section {
  const isOwn = ({ source }: { readonly source: { readonly line: number | null } }): boolean =>
    source.line !== null;
  const kinds = policy.kinds.filter(isOwn);
  const overrides = policy.overrides.filter(isOwn);
  const { tags, exceptions } = policy;
  return {
    kinds: kinds.length === 0 ? null : Object.fromEntries(kinds.map((kind) => [kind.name, writeKind(kind)])),
    tags: tags.length === 0 ? null : Object.fromEntries(tags.map((tag) => [tag.tag, writeTag(tag)])),
    overrides: overrides.length === 0 ? null : overrides.map(writeOverride),
    exceptions: exceptions.length === 0 ? null : exceptions.map(writeException),
    max_declared_lifetime: formatDurationExact(policy.maxDeclaredLifetimeMs),
  };
}

function writeKind({ checkpoint, notes, vm, of, advice }: KindDefinition): Section {
  return { ...lists({ checkpoint, notes, vm, of }), ...(advice === null ? {} : { advice }) };
}

function writeTag({ vm }: TagDefinition): WrittenValue {
  return vm;
}

function writeOverride({ select, settings }: RuleOverride): Section {
  return { ...writeSelection(select), rules: writeSettings(settings) };
}

function writeException(exception: PolicyException): Section {
  const { select, kind, checkpoint, rules, reason, until, owner } = exception;
  return {
    ...writeSelection(select),
    ...lists({ kind, checkpoint, rules }),
    reason,
    until: until.text.replace(/^keep-until=/, ''),
    ...(owner === null ? {} : { owner }),
  };
}

function writeSelection({ vm, host, tag }: VmSelection): Section {
  return lists({ vm, host, tag });
}

/** What is empty is left out. */
function lists(options: Readonly<Record<string, readonly string[]>>): Section {
  return Object.fromEntries(Object.entries(options).filter(([, list]) => list.length > 0));
}

function writeSettings(settings: readonly RuleSetting[]): Section {
  const byRule = Map.groupBy(settings, ({ rule }) => rule);
  return Object.fromEntries([...byRule].map(([rule, own]) => [rule, writeRuleSettings(own)]));
}

function writeRuleSettings(settings: readonly RuleSetting[]): WrittenValue {
  const whole = settings.find(({ key }) => key === '');
  if (whole !== undefined) return whole.value === null ? null : {};
  const byKind = Map.groupBy(settings, ({ kind }) => kind);
  return Object.fromEntries(
    [...byKind].flatMap(([kind, own]) => {
      const levels = own.map((setting) => [setting.key, writeValue(setting)] as const);
      return kind === '' ? levels : [[kind, Object.fromEntries(levels)] as const];
    }),
  );
}

function writeValue({ rule, value }: RuleSetting): WrittenValue {
  if (!isLimit(value)) return value;
  const options = RULES.find(({ id }) => id === rule)?.options;
  return options !== undefined && 'limit' in options ? writeLimit(options.limit, value) : null;
}
