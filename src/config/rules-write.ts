import { isLimit } from '../core/policy/limits.ts';
import { RULES, type RulesConfig } from '../core/rules/index.ts';
import type { LimitType, OptionShape } from '../core/rules/rule.ts';
import type { Severity } from '../core/severity.ts';
import { type WrittenLimit, writeLimit } from './limits.ts';

/** The effective options of whichever rule. */
export type RuleOptions = RulesConfig[keyof RulesConfig];

/** Levels as the file writes them; every level is there, `null` for off. */
export type LevelsText = Readonly<Record<Severity, WrittenLimit | null>>;

/** A rule as the file writes it. */
export type RuleText = Readonly<Record<string, LevelsText | WrittenLimit | boolean | null>>;

/** What holds for a rule when nothing is written about it; `null`: it is off. */
export function defaultOptions({ isOff, defaults }: (typeof RULES)[number]): RuleOptions {
  return isOff ? null : defaults;
}

/** The written form of a rule's effective options; `null` when it is off. */
export function writeRule(shape: OptionShape, options: RuleOptions): RuleText | null {
  if (options === null) return null;
  if (shape.type === 'severity' || shape.type === 'fields')
    return Object.fromEntries(Object.entries(options));
  if (shape.type === 'levels') return writeLevels(shape.limit, options);
  return Object.fromEntries(
    Object.entries(options).map(([kind, levels]) => [kind, writeLevels(shape.limit, levels)]),
  );
}

function writeLevels(type: LimitType, levels: object): LevelsText {
  const write = (severity: Severity) => {
    const limit: unknown = Object.entries(levels).find(([key]) => key === severity)?.[1];
    return isLimit(limit) ? writeLimit(type, limit) : null;
  };
  return { info: write('info'), warning: write('warning'), critical: write('critical') };
}

/** The written form of all rules. */
export function writeRules(rules: RulesConfig): Readonly<Record<string, RuleText | null>> {
  return Object.fromEntries(RULES.map(({ id, options }) => [id, writeRule(options, rules[id])]));
}

/** The written form of the defaults of all rules. */
export function writeDefaultRules(): Readonly<Record<string, RuleText | null>> {
  return Object.fromEntries(RULES.map((rule) => [rule.id, writeRule(rule.options, defaultOptions(rule))]));
}
