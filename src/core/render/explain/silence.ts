import { activeFindings, type Finding } from '../../finding.ts';
import type { Instant } from '../../model.ts';
import { levelOrigin, type Origin, optionOrigin } from '../../policy/origin.ts';
import type { PolicyConfig } from '../../policy/policy.ts';
import { isRuleAboutVms } from '../../policy/without-overrides.ts';
import { heedsEnds } from '../../rules/checkpoint-expired.ts';
import { RULES } from '../../rules/index.ts';
import type { SeenCheckpoint } from '../../rules/seen.ts';
import { DAY_MS, formatDurationExact, MINUTE_MS } from '../../units.ts';
import { formatInstant } from '../instant-text.ts';
import { plainText } from '../plain-text.ts';
import { dayText } from '../why-text.ts';
import { type FindingContext, kindOf } from './findings.ts';
import { placeText } from './origin-text.ts';
import { exceptionYaml, type Named, SUGGESTED_DAYS, suggestedUntil } from './snippet.ts';

/** What would silence the findings about one thing, and until when. */
export interface Silence {
  readonly lines: readonly string[];
  /** An exception to copy; empty where none would cover anything. */
  readonly yaml: string;
}

export interface SilenceInput extends FindingContext {
  readonly vm: Named;
  /** `null` for findings about the VM as a whole. */
  readonly checkpoint: (Named & { readonly each: SeenCheckpoint }) | null;
  readonly config: PolicyConfig;
}

const NOTHING: Silence = { lines: [], yaml: '' };

/** Says what would silence the findings that nothing silences yet. */
export function silence(findings: readonly Finding[], input: SilenceInput): Silence {
  const open = activeFindings(findings);
  // An info raises nothing: where there is worse, it is that which is to be silenced.
  const raising = open.filter(({ severity }) => severity !== 'info');
  const meant = raising.length > 0 ? raising : open;
  if (meant.length === 0) return NOTHING;
  const { hostNow, utcOffsetMin, vm, checkpoint } = input;
  const rules = new Set(meant.map(({ rule }) => rule));
  const exceptable = RULES.flatMap(({ id, isExceptable }) => (isExceptable && rules.has(id) ? [id] : []));
  const other = RULES.flatMap(({ id, isExceptable }) => (!isExceptable && rules.has(id) ? [id] : []));
  const until = suggestedUntil(hostNow, utcOffsetMin);
  const lines = [
    ...declarationLines(rules, input),
    ...(exceptable.length === 0
      ? []
      : [`an exception, such as the one below: until the end of ${until}, ${SUGGESTED_DAYS} days from now`]),
    ...(other.length === 0 ? [] : [`no exception covers ${other.join(', ')}`]),
    ...meant.flatMap((finding) => limitLine(finding, input)),
  ];
  const yaml = exceptable.length === 0 ? '' : exceptionYaml({ vm, checkpoint, rules: exceptable, until });
  return { lines, yaml };
}

/** The rules that a declared end answers. */
const BY_DECLARATION: readonly Finding['rule'][] = [
  'checkpoint-age',
  'checkpoint-expired',
  'lifetime-ignored',
];

function declarationLines(rules: ReadonlySet<Finding['rule']>, input: SilenceInput): readonly string[] {
  const { checkpoint, config, hostNow, utcOffsetMin } = input;
  const answered = BY_DECLARATION.filter((rule) => rules.has(rule));
  if (checkpoint === null || answered.length === 0 || !heedsEnds(checkpoint.each.seen)) return [];
  const { createdAt } = checkpoint.each.checkpoint;
  const { text, ignored } = checkpoint.each.lifetime;
  // Where nobody knows when it was taken, an end is measured from now.
  const from = createdAt === null ? 'from now' : 'after it was taken';
  const longest = `${formatDurationExact(config.maxDeclaredLifetimeMs)} ${from}, max_declared_lifetime`;
  const day = latestDay(createdAt ?? hostNow, input);
  if (day === null) {
    const ended = formatInstant((createdAt ?? hostNow) + config.maxDeclaredLifetimeMs, utcOffsetMin);
    return [`no declared end helps any more: the latest that would count was ${ended} (${longest})`];
  }
  const written = text ?? ignored[0]?.text;
  const instead = written === undefined ? '' : ` in place of "${plainText(written, 80)}"`;
  return [
    `keep-until=${day} at the latest (${longest}) in its name or notes${instead}: quiet until the end of that day, for ${answered.join(', ')}`,
  ];
}

/** The last day that may be declared on the calendar of the host; `null` when it is past. */
function latestDay(from: Instant, { config, hostNow, utcOffsetMin }: SilenceInput): string | null {
  const offsetMs = (utcOffsetMin ?? 0) * MINUTE_MS;
  // A day ends with the next midnight, and that must not be later than allowed.
  const midnight = Math.floor((from + config.maxDeclaredLifetimeMs + offsetMs) / DAY_MS) * DAY_MS;
  return midnight - offsetMs <= hostNow ? null : dayText(midnight - DAY_MS);
}

function limitLine(finding: Finding, { resolved }: SilenceInput): readonly string[] {
  const { rule: id, severity } = finding;
  const rule = resolved.get(id);
  const shape = RULES.find((each) => each.id === id)?.options;
  if (rule === undefined || shape === undefined) return [];
  const hasLevels = 'limit' in shape;
  const kind = hasLevels ? kindOf(finding, rule) : '';
  const origin = hasLevels ? levelOrigin(rule, kind, severity) : optionOrigin(rule, 'severity');
  const usual = hasLevels
    ? ['rules', id, ...(kind === '' ? [] : [plainText(kind, 64)]), severity].join('.')
    : `rules.${id}.severity`;
  const option = optionText(origin, usual, isRuleAboutVms(id));
  return [
    hasLevels
      ? `another limit at ${option}`
      : `another severity at ${option}; null for the rule turns it off`,
  ];
}

/** The option to change: where it is written, or where it would be. */
function optionText(origin: Origin, usual: string, isAboutVms: boolean): string {
  return origin.type === 'written' && origin.source.line !== null
    ? placeText(origin.source)
    : `${usual} (not written yet${isAboutVms ? '; for this VM alone below overrides' : ''})`;
}
