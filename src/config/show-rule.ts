import { comesBefore } from '../core/policy/limits.ts';
import { levelOrigin, type Origin, optionOrigin } from '../core/policy/origin.ts';
import {
  defaultLevels,
  LEVEL_PAIRS,
  type ResolvedLevels,
  type ResolvedRule,
} from '../core/policy/resolve-rule.ts';
import type { RULES } from '../core/rules/index.ts';
import type { Levels, Limit, LimitType } from '../core/rules/rule.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import { writeLimit } from './limits.ts';
import { flow, writtenValue } from './yaml-write.ts';

type AnyRule = (typeof RULES)[number];

/** One option of a rule: the kind of checkpoint, the option, its value, and where that comes from. */
export type OptionRow = readonly [kind: string, key: string, value: string, where: string, more: string];

/** That the rule is off, and what turns it off; `null` when it is on. */
export function offText(resolved: ResolvedRule): string | null {
  if (resolved.options !== null) return null;
  const [where, path] = placed(optionOrigin(resolved, ''));
  return `off (${[where, path].filter((text) => text !== '').join(', ')})`;
}

/** Every option of a rule that is on, in the order of the rule. */
export function optionRows(rule: AnyRule, resolved: ResolvedRule): readonly OptionRow[] {
  const shape = rule.options;
  if ('limit' in shape) {
    return [...resolved.levels].flatMap(([kind, levels]) => {
      const usual = usualLevels(rule, kind, resolved);
      return levelRows(shape.limit, { kind, levels, usual, resolved });
    });
  }
  return Object.entries(Object(resolved.options)).map(([key, value]): OptionRow => {
    return ['', key, flow(writtenValue(value)), ...placed(optionOrigin(resolved, key))];
  });
}

interface LevelsOfKind {
  readonly kind: string;
  readonly levels: ResolvedLevels;
  /** What they are where nobody writes anything. */
  readonly usual: Levels<Limit>;
  readonly resolved: ResolvedRule;
}

function usualLevels({ defaults }: AnyRule, kind: string, { levels }: ResolvedRule): Levels<Limit> {
  const users = levels.get('user')?.levels;
  const isOwn = kind !== '' && users !== undefined && !Object.hasOwn(defaults, kind);
  return isOwn ? users : defaultLevels(defaults, kind);
}

function levelRows(type: LimitType, of: LevelsOfKind): readonly OptionRow[] {
  return SEVERITIES.map((severity, index): OptionRow => {
    const limit = of.levels.levels[severity];
    const [where, path] = placed(levelOrigin(of.resolved, of.kind, severity));
    const note = whyNeverShown(type, severity, of);
    return [
      index === 0 ? of.kind : '',
      severity,
      limit === null ? 'off' : limitText(type, limit),
      where,
      [path, note].filter((text) => text !== '').join('; '),
    ];
  });
}

/** That a level, or a part of it, never shows, as a harsher one comes first; empty when it does. */
function whyNeverShown(type: LimitType, severity: Severity, { levels, usual }: LevelsOfKind): string {
  const limit = levels.levels[severity];
  const wanted = levels.writtenBy[severity] === null ? usual[severity] : limit;
  if (wanted === null) return '';
  const by = LEVEL_PAIRS.find(([milder, harsher]) => {
    const next = levels.levels[harsher];
    return milder === severity && next !== null && !comesBefore(wanted, next);
  })?.[1];
  const next = by === undefined ? null : levels.levels[by];
  if (by === undefined || next === null) return '';
  const first = `${by} at ${limitText(type, next)} comes first`;
  if (limit === null) return `${limitText(type, wanted)} would never show: ${first}`;
  return levels.writtenBy[severity] === null
    ? `the rest of ${limitText(type, wanted)} would never show: ${first}`
    : `never shows: ${first}`;
}

function limitText(type: LimitType, limit: Limit): string {
  return flow(writeLimit(type, limit));
}

/** Where it comes from in a word or two, and the option there. */
function placed(origin: Origin): readonly [where: string, path: string] {
  switch (origin.type) {
    case 'default':
      return ['default', ''];
    case 'written': {
      const { line, path } = origin.source;
      return line === null ? [path, ''] : [`line ${line}`, path];
    }
    case 'as-user': {
      const [where, path] = placed(origin.of);
      return [where, path === '' ? 'as for user' : `as for user: ${path}`];
    }
  }
}
