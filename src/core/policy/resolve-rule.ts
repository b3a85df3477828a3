import type { OptionShape } from '../rules/rule.ts';
import { type Levels, type Limit, NO_LEVELS } from '../rules/rule.ts';
import { SEVERITIES, type Severity } from '../severity.ts';
import { isLimit, withoutOvertaken } from './limits.ts';
import type { SourcePlace } from './policy.ts';
import type { RuleSetting } from './rule-setting.ts';

/** What resolving needs to know of a rule. */
export interface RuleTerms {
  readonly options: OptionShape;
  readonly defaults: unknown;
  /** Whether it is off until something is written about it. */
  readonly isOff: boolean;
}

/** The effective options of one rule. */
export interface ResolvedRule {
  /** `null`: the rule is off. */
  readonly options: unknown;
  /** Levels by kind (`''` for a rule that knows no kinds), also of a kind that is not judged. */
  readonly levels: ReadonlyMap<string, ResolvedLevels>;
  /** Where each option was written, by `sourceKey`; what is not there has its default. */
  readonly sources: ReadonlyMap<string, SourcePlace>;
}

export interface ResolvedLevels {
  readonly levels: Levels<Limit>;
  readonly writtenBy: Readonly<Record<Severity, RuleSetting | null>>;
}

/** The key of an option among the sources of its rule. */
export function sourceKey(kind: string, key: string): string {
  return `${kind}|${key}`;
}

/**
 * Puts what was written about a rule over its defaults, level by level, the last word holding.
 * A kind of the configuration's own that nothing was written about is judged as a user's: nothing is left unjudged by
 * being given a name; one with limits of its own keeps the harsher of a user's that it does not set. A level that nobody wrote and that a harsher written one overtakes would never show, and is left out.
 * @param settings all about this rule, in order.
 * @param ownKinds the kinds that the configuration defines.
 */
export function resolveRule(
  rule: RuleTerms,
  settings: readonly RuleSetting[],
  ownKinds: readonly string[],
): ResolvedRule {
  const last = settings.at(-1);
  const isOff = last === undefined ? rule.isOff : last.key === '' && last.value === null;
  const sources = new Map<string, SourcePlace>();
  for (const { kind, key, source } of settings) sources.set(sourceKey(kind, key), source);
  const { options: shape } = rule;
  if (shape.type === 'severity' || shape.type === 'fields') {
    const written = settings.filter(({ key }) => key !== '').map(({ key, value }) => [key, value] as const);
    const options = isOff ? null : { ...Object(rule.defaults), ...Object.fromEntries(written) };
    return { options, levels: new Map(), sources };
  }
  const levels = resolveLevels(shape, rule.defaults, settings, ownKinds);
  return { options: isOff ? null : levelOptions(shape, rule.defaults, levels), levels, sources };
}

type LevelShape = Extract<OptionShape, { readonly limit: unknown }>;

function resolveLevels(
  shape: LevelShape,
  defaults: unknown,
  settings: readonly RuleSetting[],
  ownKinds: readonly string[],
): ReadonlyMap<string, ResolvedLevels> {
  if (shape.type === 'levels') return new Map([['', merge(defaultLevels(defaults, ''), settings)]]);
  const isFor = (kind: string, setting: RuleSetting): boolean =>
    setting.kind === kind || (setting.kind === '' && shape.flat.some((flat) => flat === kind));
  const resolved = new Map<string, ResolvedLevels>();
  for (const kind of shape.kinds) {
    // What nobody can tell the kind of is judged as a user's, but for what is written about it.
    const asUsers = kind === 'unknown' ? settings.filter((setting) => isFor('user', setting)) : [];
    const own = [...asUsers, ...settings.filter((setting) => isFor(kind, setting))];
    resolved.set(kind, merge(defaultLevels(defaults, kind), own));
  }
  const users = resolved.get('user')?.levels ?? NO_LEVELS;
  for (const kind of ownKinds) {
    const own = settings.filter((setting) => setting.kind === kind);
    // Whoever has set limits for a kind does not want to read of each of its checkpoints every day.
    resolved.set(kind, merge(own.length === 0 ? users : { ...users, info: null }, own));
  }
  return resolved;
}

function levelOptions(
  shape: LevelShape,
  defaults: unknown,
  resolved: ReadonlyMap<string, ResolvedLevels>,
): unknown {
  if (shape.type === 'levels') return resolved.get('')?.levels ?? NO_LEVELS;
  const judged = [...resolved].filter(
    ([kind, { levels }]) =>
      defaultLevels(defaults, kind) !== NO_LEVELS || SEVERITIES.some((severity) => levels[severity] !== null),
  );
  // Without a prototype: a kind may be called "constructor".
  return { __proto__: null, ...Object.fromEntries(judged.map(([kind, { levels }]) => [kind, levels])) };
}

function merge(defaults: Levels<Limit>, settings: readonly RuleSetting[]): ResolvedLevels {
  const levels: Record<Severity, Limit | null> = { ...defaults };
  const writtenBy: Record<Severity, RuleSetting | null> = { info: null, warning: null, critical: null };
  for (const setting of settings) {
    const severity = SEVERITIES.find((candidate) => candidate === setting.key);
    if (severity === undefined || !(setting.value === null || isLimit(setting.value))) continue;
    levels[severity] = setting.value;
    writtenBy[severity] = setting;
  }
  for (const [milder, harsher] of LEVEL_PAIRS) {
    const limit = levels[milder];
    const next = levels[harsher];
    if (limit !== null && next !== null && writtenBy[milder] === null) {
      levels[milder] = withoutOvertaken(limit, next);
    }
  }
  return { levels, writtenBy };
}

/** Milder levels with the harsher ones that may overtake them. */
export const LEVEL_PAIRS: readonly (readonly [milder: Severity, harsher: Severity])[] = [
  ['warning', 'critical'],
  ['info', 'warning'],
  ['info', 'critical'],
];

/** The levels of a kind when nothing is written about the rule; none where it does not judge the kind. */
export function defaultLevels(defaults: unknown, kind: string): Levels<Limit> {
  if (typeof defaults !== 'object' || defaults === null) return NO_LEVELS;
  if (isLevels(defaults)) return defaults;
  const levels: unknown = Object.entries(defaults).find(([candidate]) => candidate === kind)?.[1];
  return isLevels(levels) ? levels : NO_LEVELS;
}

function isLevels(value: unknown): value is Levels<Limit> {
  return typeof value === 'object' && value !== null && 'warning' in value && 'critical' in value;
}
