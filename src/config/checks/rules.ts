import { DEFAULT_RULES, RULES } from '../../core/rules/index.ts';
import type { LimitType } from '../../core/rules/rule.ts';
import type { CheckContext } from '../check.ts';
import { type Limit, writeLimit } from '../limits.ts';
import { type Complaint, fault } from '../problem.ts';
import { type OvertakenLevel, overtakenLevels, resolveLevels } from '../rules-resolve.ts';

/** A level that a harsher one reaches first never shows; whoever wrote it thinks it does. */
export function levelsAreInOrder({ written }: CheckContext): readonly Complaint[] {
  return RULES.flatMap(({ id, options }) => {
    const rule = written.rules[id];
    if (rule == null || options.type === 'severity') return [];
    const kinds = [...resolveLevels(options, DEFAULT_RULES[id], rule).values()];
    const complaints = kinds
      .flatMap(overtakenLevels)
      .map((level) => fault(['rules', id, ...level.keys], outOfOrder(options.limit, level)));
    return distinct(complaints);
  });
}

/** Levels for several kinds at once would be complained about for each. */
function distinct(complaints: readonly Complaint[]): readonly Complaint[] {
  return [...new Map(complaints.map((complaint) => [complaint.path.join('.'), complaint])).values()];
}

function outOfOrder(type: LimitType, level: OvertakenLevel): string {
  const { milder, harsher, limit, next, isNextDefault } = level;
  const [own, other] = [show(type, limit), show(type, next)];
  const than = type === 'duration' ? 'later than' : 'more than';
  const relation = own === other ? 'the same as' : `${than}`;
  const source = isNextDefault ? `${harsher} "${other}", its default` : `${harsher} "${other}"`;
  const article = milder === 'info' ? 'info' : `a ${milder}`;
  const remedy = isNextDefault ? `; give ${harsher} too` : '';
  return `"${own}" is ${relation} ${source}; ${article} must come first${remedy}`;
}

function show(type: LimitType, limit: Limit): string {
  const written = writeLimit(type, limit);
  return typeof written === 'object' ? `[${written.join(', ')}]` : String(written);
}

/** Null turns a rule off, but a name with nothing after it is more likely one whose limits were commented out. */
export function rulesAreNotLeftEmpty({ written, isEmpty }: CheckContext): readonly Complaint[] {
  return Object.keys(written.rules)
    .filter((id) => isEmpty(['rules', id]))
    .map((id) =>
      fault(['rules', id], 'is empty; write null to turn the rule off, or leave it out for its defaults'),
    );
}
