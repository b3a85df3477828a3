import { type Finding, findingKey } from '../../finding.ts';
import type { Instant } from '../../model.ts';
import { type Origin, optionOrigin } from '../../policy/origin.ts';
import { type ResolvedRule, sourceKey } from '../../policy/resolve-rule.ts';
import { compareFindings } from '../../trouble.ts';
import { formatAge } from '../../units.ts';
import { formatInstant } from '../instant-text.ts';
import { formatLimit } from '../limit-text.ts';
import { plainText } from '../plain-text.ts';
import { untilText } from '../why-text.ts';
import { durationsAhead, harsherThan, levelsInForce, type Resolved } from './levels.ts';
import { originText, placeText } from './origin-text.ts';
import { type Row, row } from './rows.ts';

/** What findings are told with. */
export interface FindingContext {
  /** Short ids by `findingKey`. */
  readonly ids: ReadonlyMap<string, string>;
  /** The options in force for what they are about. */
  readonly resolved: Resolved;
  /** On the clock of the host, and how far that is from UTC. */
  readonly hostNow: Instant;
  readonly utcOffsetMin: number | null;
}

const TEXT_LENGTH = 600;

/** What was found about one thing, worst first, each with the limit and since when; and what to do. */
export function findingRows(findings: readonly Finding[], context: FindingContext): readonly Row[] {
  const sorted = findings.toSorted(compareFindings);
  const advice = new Set(sorted.map((finding) => plainText(finding.advice, TEXT_LENGTH)));
  return [
    ...sorted.map((finding) => findingRow(finding, context)),
    row('what to do', ...[...advice].filter((text) => text !== '')),
  ];
}

function findingRow(finding: Finding, context: FindingContext): Row {
  const { rule, severity, reason, exception } = finding;
  const id = context.ids.get(findingKey(finding));
  const isExcepted = exception !== null;
  return row(
    isExcepted ? 'excepted' : severity === 'info' ? 'info' : severity.toUpperCase(),
    `${isExcepted ? `${severity}: ` : ''}${plainText(reason, TEXT_LENGTH)} (${rule}${id === undefined ? '' : `, ${id}`})`,
    ...(exception === null ? [] : [exceptionText(exception, context)]),
    ...limitLines(finding, context),
    ...sinceLines(finding, context),
  );
}

function exceptionText(
  { reason, untilAt, owner, line }: NonNullable<Finding['exception']>,
  { utcOffsetMin }: FindingContext,
): string {
  const facts = [
    `until ${untilText(untilAt, utcOffsetMin)}`,
    ...(line === null ? [] : [`line ${line}`]),
    ...(owner === null ? [] : [`owner ${plainText(owner, 64)}`]),
  ];
  return `by the exception "${plainText(reason, 200)}": ${facts.join(', ')}`;
}

function limitLines(finding: Finding, { resolved, hostNow }: FindingContext): readonly string[] {
  const rule = resolved.get(finding.rule);
  if (rule === undefined) return [];
  const found = levelsInForce(resolved, finding.rule, kindOf(finding, rule));
  if (!found.ok)
    return [`severity ${finding.severity}: ${originText(severityOrigin(rule))}`, ...optionLines(rule)];
  const { levels, type, origin } = found.value;
  const limit = levels[finding.severity];
  const harsher = harsherThan(found.value, finding.severity);
  // How long until it gets worse is known of what time alone brings.
  const base = type === 'duration' && finding.sinceAt !== null && typeof limit === 'number';
  const next = base ? durationsAhead(harsher, hostNow - (finding.sinceAt ?? 0) + limit) : '';
  return [
    limit === null
      ? `limit: ${originText(origin(finding.severity))}`
      : `limit ${formatLimit(type, limit)}: ${originText(origin(finding.severity))}`,
    ...(next === '' ? [] : [next]),
  ];
}

/** Where the severity of a rule without levels comes from. */
function severityOrigin(rule: ResolvedRule): Origin {
  return optionOrigin(rule, 'severity');
}

/** The options of a rule without levels that are written, besides its severity. */
function optionLines({ options, sources }: ResolvedRule): readonly string[] {
  return Object.keys(Object(options)).flatMap((key) => {
    const source = key === 'severity' ? undefined : sources.get(sourceKey('', key));
    return source === undefined ? [] : [`${key}: ${placeText(source)}`];
  });
}

/** The kind whose levels judged it; empty for rules that know none. */
export function kindOf({ checkpoint }: Finding, { levels }: ResolvedRule): string {
  return levels.has('') ? '' : (checkpoint?.kind ?? '');
}

function sinceLines({ sinceAt }: Finding, { hostNow, utcOffsetMin }: FindingContext): readonly string[] {
  return sinceAt === null
    ? []
    : [`since ${formatInstant(sinceAt, utcOffsetMin)} (${formatAge(Math.max(0, hostNow - sinceAt))} ago)`];
}
