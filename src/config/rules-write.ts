import type { RulesConfig } from '../core/rules/index.ts';
import type { LimitType, OptionShape } from '../core/rules/rule.ts';
import type { Severity } from '../core/severity.ts';
import { type Limit, type WrittenLimit, writeLimit } from './limits.ts';

/** The effective options of whichever rule. */
export type RuleOptions = RulesConfig[keyof RulesConfig];

/** Levels as the file writes them; every level is there, `null` for off. */
export type LevelsText = Readonly<Record<Severity, WrittenLimit | null>>;

/** A rule as the file writes it. */
export type RuleText = Readonly<Record<string, LevelsText | WrittenLimit | null>>;

/** The written form of a rule's effective options; `null` when it is off. */
export function writeRule(shape: OptionShape, options: RuleOptions): RuleText | null {
  if (options === null) return null;
  if ('severity' in options) return { severity: options.severity };
  if (shape.type === 'severity') return null;
  if ('warning' in options) return writeLevels(shape.limit, options);
  return Object.fromEntries(
    Object.entries(options).map(([kind, levels]) => [kind, writeLevels(shape.limit, levels)]),
  );
}

function writeLevels(type: LimitType, levels: Readonly<Record<Severity, Limit | null>>): LevelsText {
  const write = (severity: Severity) => {
    const limit = levels[severity];
    return limit === null ? null : writeLimit(type, limit);
  };
  return { info: write('info'), warning: write('warning'), critical: write('critical') };
}
