import { comesBefore } from '../../core/policy/limits.ts';
import { presetPolicy } from '../../core/policy/presets.ts';
import { LEVEL_PAIRS, type ResolvedLevels, resolveRule } from '../../core/policy/resolve-rule.ts';
import type { RuleSetting } from '../../core/policy/rule-setting.ts';
import { RULES, type RuleId } from '../../core/rules/index.ts';
import type { Limit, LimitType } from '../../core/rules/rule.ts';
import type { Severity } from '../../core/severity.ts';
import type { CheckContext } from '../check.ts';
import { writeLimit } from '../limits.ts';
import { ruleSettings } from '../policy-read.ts';
import { type Complaint, fault, type OptionPath } from '../problem.ts';

/** A level that a harsher one reaches first never shows; whoever wrote it thinks it does. */
export function levelsAreInOrder(context: CheckContext): readonly Complaint[] {
  const base = baseSettings(context);
  const ofRules = complain(base, base, context);
  const ofOverrides = (context.written.overrides ?? []).flatMap((override, index) => {
    const own = ruleSettings(override.rules ?? {}, ['overrides', index, 'rules'], context);
    // What was wrong before is complained about once, where it stands.
    return complain(own, [...base, ...own], context);
  });
  return distinct([...ofRules, ...ofOverrides]);
}

function baseSettings(context: CheckContext): readonly RuleSetting[] {
  const { settings } = presetPolicy(context.written.kind_presets ?? []);
  return [...settings, ...ruleSettings(context.written.rules, ['rules'], context)];
}

/** Complaints about those settings of `own` that never show when all of `settings` hold. */
function complain(
  own: readonly RuleSetting[],
  settings: readonly RuleSetting[],
  { written }: CheckContext,
): readonly Complaint[] {
  const ownKinds = [...(written.kind_presets ?? []), ...Object.keys(written.kinds ?? {})];
  const touched = new Set<RuleId>(own.map(({ rule }) => rule));
  return RULES.filter(({ id }) => touched.has(id)).flatMap((rule) => {
    const about = settings.filter((setting) => setting.rule === rule.id);
    // A kind that nothing is written about has no level that could be out of order.
    const mentioned = new Set(about.map(({ kind }) => kind));
    const { levels } = resolveRule(
      rule,
      about,
      ownKinds.filter((kind) => mentioned.has(kind)),
    );
    const { options } = rule;
    if (options.type === 'severity' || options.type === 'fields') return [];
    const users = levels.get('user')?.writtenBy;
    return [...levels].flatMap(([kind, each]) => {
      // What nobody wrote about a kind of the file's own is what holds for users.
      const inherited = users === undefined || !ownKinds.includes(kind) ? NOTHING_WRITTEN : users;
      return overtaken(each, { own, inherited, type: options.limit });
    });
  });
}

const NOTHING_WRITTEN: ResolvedLevels['writtenBy'] = { info: null, warning: null, critical: null };

interface Overtaking {
  readonly own: readonly RuleSetting[];
  /** What is behind the levels that nobody wrote. */
  readonly inherited: ResolvedLevels['writtenBy'];
  readonly type: LimitType;
}

function overtaken(
  { levels, writtenBy }: ResolvedLevels,
  { own, inherited, type }: Overtaking,
): readonly Complaint[] {
  return LEVEL_PAIRS.flatMap(([milder, harsher]): readonly Complaint[] => {
    const setting = writtenBy[milder];
    const limit = levels[milder];
    const next = levels[harsher];
    if (setting === null || !own.includes(setting) || limit === null || next === null) return [];
    if (comesBefore(limit, next)) return [];
    const beside = writtenBy[harsher];
    const by = beside ?? inherited[harsher];
    const origin =
      by === null ? 'its default' : beside !== null && own.includes(beside) ? null : by.source.path;
    return [fault(pathOf(setting), outOfOrder(type, { milder, harsher, limit, next, origin }))];
  });
}

interface OvertakenLevel {
  readonly milder: Severity;
  readonly harsher: Severity;
  readonly limit: Limit;
  readonly next: Limit;
  /** Where the harsher level comes from; `null` when it stands beside the milder one. */
  readonly origin: string | null;
}

function outOfOrder(type: LimitType, level: OvertakenLevel): string {
  const { milder, harsher, limit, next, origin } = level;
  const [own, other] = [show(type, limit), show(type, next)];
  const than = type === 'duration' ? 'later than' : 'more than';
  const relation = own === other ? 'the same as' : `${than}`;
  const source = origin === null ? `${harsher} "${other}"` : `${harsher} "${other}", ${fromText(origin)}`;
  const article = milder === 'info' ? 'info' : `a ${milder}`;
  const remedy = origin === null ? '' : `; give ${harsher} too`;
  return `"${own}" is ${relation} ${source}; ${article} must come first${remedy}`;
}

function fromText(origin: string): string {
  return origin === 'its default' ? origin : `from ${origin}`;
}

function show(type: LimitType, limit: Limit): string {
  const written = writeLimit(type, limit);
  return typeof written === 'object' ? `[${written.join(', ')}]` : String(written);
}

/** The inverse of `formatPath` for the paths of settings, which hold plain words and positions alone. */
function pathOf({ source }: RuleSetting): OptionPath {
  return source.path
    .split(/[.[\]]+/)
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

/** Levels for several kinds at once would be complained about for each. */
function distinct(complaints: readonly Complaint[]): readonly Complaint[] {
  return [...new Map(complaints.map((complaint) => [complaint.path.join('.'), complaint])).values()];
}

/** Null turns a rule or a level off, but a name with nothing after it is more likely one whose limits were commented out. */
export function rulesAreNotLeftEmpty({ written, given, isEmpty }: CheckContext): readonly Complaint[] {
  const sections: readonly OptionPath[] = [
    ['rules'],
    ...(written.overrides ?? []).map((_, index): OptionPath => ['overrides', index, 'rules']),
  ];
  const emptyBelow = (section: OptionPath): readonly OptionPath[] => {
    const options = given(section);
    if (typeof options !== 'object' || options === null || Array.isArray(options)) return [];
    return Object.keys(options).flatMap((key): readonly OptionPath[] => {
      const path = [...section, key];
      return isEmpty(path) ? [path] : emptyBelow(path);
    });
  };
  return sections.flatMap((section) =>
    emptyBelow(section).map((path) => {
      const what = path.length - section.length === 1 ? 'the rule' : 'it';
      return fault(path, `is empty; write null to turn ${what} off, or leave it out for its defaults`);
    }),
  );
}
