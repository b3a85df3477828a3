import { DEFAULT_RULES, RULES, type RulesConfig } from '../core/rules/index.ts';
import type { Levels, OptionShape } from '../core/rules/rule.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import { comesBefore, type Limit, withoutOvertaken } from './limits.ts';
import type { WrittenLevels, WrittenRule } from './rules-schema.ts';
import type { RuleOptions } from './rules-write.ts';

type AnyLevels = Levels<Limit>;
const NO_LEVELS: AnyLevels = { info: null, warning: null, critical: null };

/** Levels of one rule and kind, with where each was written. */
export interface ResolvedLevels {
  readonly levels: AnyLevels;
  /** The keys that lead to a level in the file, from the rule on; `null` for one that has its default. */
  readonly writtenAt: Readonly<Record<Severity, readonly string[] | null>>;
}

/** The effective options of every rule: what is written, level by level, over the defaults. */
export function resolveRules(written: Readonly<Record<string, WrittenRule | null | undefined>>): RulesConfig {
  const rules = Object.fromEntries(
    RULES.map(({ id, options }) => [id, resolveRule(options, DEFAULT_RULES[id], written[id])]),
  );
  // The schema is made from the same registry, so that only a mistake in this folder could fail here.
  if (!isRulesConfig(rules)) throw new Error('a rule of the registry is missing in the configuration');
  return rules;
}

function isRulesConfig(rules: Readonly<Record<string, unknown>>): rules is RulesConfig {
  return RULES.every(({ id }) => rules[id] !== undefined);
}

function resolveRule(
  shape: OptionShape,
  defaults: RuleOptions,
  written: WrittenRule | null | undefined,
): unknown {
  if (written === undefined) return defaults;
  if (written === null) return null;
  if (shape.type === 'severity') return { severity: written.severity ?? severityOf(defaults) };
  const resolved = resolveLevels(shape, defaults, written);
  if (shape.type === 'levels') return resolved.get('')?.levels ?? NO_LEVELS;
  const judged = [...resolved].filter(([kind, { levels }]) => hasLevels(defaults, kind) || !isOff(levels));
  return Object.fromEntries(judged.map(([kind, { levels }]) => [kind, levels]));
}

function severityOf(defaults: RuleOptions): Severity {
  return defaults !== null && 'severity' in defaults ? defaults.severity : 'warning';
}

/**
 * Levels by kind (`''` for a rule that knows no kinds). A default that a written, harsher level overtakes would never
 * show, and is left out: who writes `warning: 12h` need not know that info begins at 24h.
 */
export function resolveLevels(
  shape: OptionShape,
  defaults: RuleOptions,
  written: WrittenRule,
): ReadonlyMap<string, ResolvedLevels> {
  if (shape.type === 'severity') return new Map();
  const flat = levelsIn(written);
  if (shape.type === 'levels') return new Map([['', merge(defaultLevels(defaults, ''), [[[], flat]])]]);
  return new Map(
    shape.kinds.map((kind) => {
      const own = written[kind];
      const layers: Layer[] = [];
      if (shape.flat.includes(kind)) layers.push([[], flat]);
      if (typeof own === 'object' && own !== null) layers.push([[kind], levelsIn(own)]);
      return [kind, merge(defaultLevels(defaults, kind), layers)];
    }),
  );
}

type Layer = readonly [keys: readonly string[], levels: WrittenLevels];

function merge(defaults: AnyLevels, layers: readonly Layer[]): ResolvedLevels {
  const levels: Record<Severity, Limit | null> = { ...defaults };
  const writtenAt: Record<Severity, readonly string[] | null> = { info: null, warning: null, critical: null };
  for (const [keys, layer] of layers) {
    for (const severity of SEVERITIES) {
      const limit = layer[severity];
      if (limit === undefined) continue;
      levels[severity] = limit;
      writtenAt[severity] = [...keys, severity];
    }
  }
  for (const [milder, harsher] of PAIRS) {
    const limit = levels[milder];
    const next = levels[harsher];
    if (limit !== null && next !== null && writtenAt[milder] === null) {
      levels[milder] = withoutOvertaken(limit, next);
    }
  }
  return { levels, writtenAt };
}

const PAIRS: readonly (readonly [milder: Severity, harsher: Severity])[] = [
  ['warning', 'critical'],
  ['info', 'warning'],
  ['info', 'critical'],
];

/** Written levels that a harsher one overtakes, so that they would never show. */
export function overtakenLevels({ levels, writtenAt }: ResolvedLevels): readonly OvertakenLevel[] {
  return PAIRS.flatMap(([milder, harsher]) => {
    const keys = writtenAt[milder];
    const limit = levels[milder];
    const next = levels[harsher];
    if (keys === null || limit === null || next === null || comesBefore(limit, next)) return [];
    return [{ keys, milder, harsher, limit, next, isNextDefault: writtenAt[harsher] === null }];
  });
}

export interface OvertakenLevel {
  /** From the rule on. */
  readonly keys: readonly string[];
  readonly milder: Severity;
  readonly harsher: Severity;
  readonly limit: Limit;
  readonly next: Limit;
  readonly isNextDefault: boolean;
}

function levelsIn(section: WrittenRule | WrittenLevels | Limit): WrittenLevels {
  const levels: Partial<Record<Severity, Limit | null>> = {};
  for (const [key, value] of Object.entries(section)) {
    const severity = SEVERITIES.find((candidate) => candidate === key);
    if (severity !== undefined && isLimit(value)) levels[severity] = value;
  }
  return levels;
}

function isLimit(value: unknown): value is Limit | null {
  return value === null || typeof value === 'number' || (typeof value === 'object' && 'bytes' in value);
}

function isOff(levels: AnyLevels): boolean {
  return SEVERITIES.every((severity) => levels[severity] === null);
}

function hasLevels(defaults: RuleOptions, kind: string): boolean {
  return defaultLevels(defaults, kind) !== NO_LEVELS;
}

function defaultLevels(defaults: RuleOptions, kind: string): AnyLevels {
  if (defaults === null || 'severity' in defaults) return NO_LEVELS;
  if ('warning' in defaults) return defaults;
  return Object.entries(defaults).find(([candidate]) => candidate === kind)?.[1] ?? NO_LEVELS;
}
