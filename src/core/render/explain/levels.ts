import { levelOrigin, type Origin, optionOrigin } from '../../policy/origin.ts';
import type { ResolvedRule } from '../../policy/resolve-rule.ts';
import { RULES, type RuleId } from '../../rules/index.ts';
import { type Levels, type Limit, type LimitType, NO_LEVELS } from '../../rules/rule.ts';
import { SEVERITIES, type Severity } from '../../severity.ts';
import { formatAge } from '../../units.ts';
import { formatLimit } from '../limit-text.ts';
import { originText, shortOrigin } from './origin-text.ts';

/** The options of every rule for one VM, and where they come from. */
export type Resolved = ReadonlyMap<RuleId, ResolvedRule>;

/** The limits that a rule sets for one thing. */
export interface LevelsInForce {
  readonly type: LimitType;
  readonly levels: Levels<Limit>;
  origin(severity: Severity): Origin;
}

export type Found = { readonly ok: true; readonly value: LevelsInForce } | Silent;

/** The rule says nothing; `why` is a few words. */
interface Silent {
  readonly ok: false;
  readonly why: string;
}

/** The limits of a rule for a kind of checkpoint; the kind is empty for rules that know none. */
export function levelsInForce(resolved: Resolved, id: RuleId, kind: string): Found {
  const rule = resolved.get(id);
  const shape = RULES.find((each) => each.id === id)?.options;
  if (rule === undefined || shape === undefined || !('limit' in shape)) return silent('it has no limits');
  if (rule.options === null) return silent(offText(rule));
  const levels = rule.levels.get(kind)?.levels;
  if (levels === undefined) return silent(`does not judge ${kind} checkpoints`);
  const value: LevelsInForce = {
    type: shape.limit,
    levels,
    origin: (severity) => levelOrigin(rule, kind, severity),
  };
  if (SEVERITIES.some((severity) => levels[severity] !== null)) return { ok: true, value };
  const which = kind === '' ? 'every level is off' : `off for kind ${kind}`;
  return silent(`${which} (${originText(value.origin('warning'))})`);
}

/** That a rule is off, and where it was turned off. */
export function offText(rule: ResolvedRule): string {
  return `off (${originText(optionOrigin(rule, ''))})`;
}

/** Levels of durations with how long a value takes to reach them: `a warning in 1d (line 8), critical in 5d (default)`. */
export function durationsAhead(inForce: LevelsInForce, value: number): string {
  return levelTexts(inForce, (severity, limit) => {
    const left = typeof limit === 'number' ? limit - value : 0;
    const when = left < 0 ? 'since the last scan, the next will say so' : `in ${formatAge(left)}`;
    return `${SEVERITY_WORDS[severity]} ${when}`;
  });
}

/** All levels with their limits: `above 3 a warning, above 10 critical (default)`. */
export function limitsAbove(inForce: LevelsInForce): string {
  return levelTexts(
    inForce,
    (severity, limit) => `above ${formatLimit(inForce.type, limit)} ${SEVERITY_WORDS[severity]}`,
  );
}

/** The same with only those levels that are harsher than one. */
export function harsherThan(inForce: LevelsInForce, severity: Severity): LevelsInForce {
  const from = SEVERITIES.indexOf(severity) + 1;
  const levels = Object.fromEntries(SEVERITIES.slice(from).map((each) => [each, inForce.levels[each]]));
  return { ...inForce, levels: { ...NO_LEVELS, ...levels } };
}

const SEVERITY_WORDS: Readonly<Record<Severity, string>> = {
  info: 'an info',
  warning: 'a warning',
  critical: 'critical',
};

/** Each level with where it comes from, which is said once where it is the same for all. */
function levelTexts(
  { levels, origin }: LevelsInForce,
  textOf: (severity: Severity, limit: Limit) => string,
): string {
  const texts = SEVERITIES.flatMap((severity) => {
    const limit = levels[severity];
    return limit === null ? [] : [{ text: textOf(severity, limit), from: shortOrigin(origin(severity)) }];
  });
  const isSame = texts.every(({ from }) => from === texts[0]?.from);
  return texts
    .map(({ text, from }, index) => (isSame && index < texts.length - 1 ? text : `${text} (${from})`))
    .join(', ');
}

function silent(why: string): Silent {
  return { ok: false, why };
}
