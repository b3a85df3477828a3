import type { CheckpointKind } from '../../core/model.ts';
import { isBuiltInKind } from '../../core/policy/kinds.ts';
import { type DeclaredEnd, endAt } from '../../core/policy/lifetime/declaration.ts';
import { RULES, type RuleId } from '../../core/rules/index.ts';
import { suggest } from '../../core/suggest.ts';
import { DAY_MS, formatAge } from '../../core/units.ts';
import type { CheckContext } from '../check.ts';
import { readExceptions } from '../policy-read.ts';
import { type Complaint, caution, fault, quoteValue } from '../problem.ts';
import { areForEverything, emptySelectors, isUnderstood, itemPath, lacks } from './entries.ts';
import { knownKinds, unknownKindName } from './kinds.ts';

const SELECTORS = ['vm', 'host', 'tag', 'checkpoint', 'kind'];
const EXCEPTION_OPTIONS = [...SELECTORS, 'rules', 'reason', 'until', 'owner'];

/** An exception needs something it is about, rules that can be excepted, and kinds that exist. */
export function exceptionsSaySomething(context: CheckContext): readonly Complaint[] {
  const kinds = knownKinds(context);
  return (context.written.exceptions ?? []).flatMap(({ kind, rules }, index): readonly Complaint[] => {
    const path = ['exceptions', index];
    const empty = emptySelectors(context, path, [...SELECTORS, 'rules']);
    return [
      ...empty,
      ...(empty.length === 0 && lacks(context, path, SELECTORS, EXCEPTION_OPTIONS)
        ? [fault(path, 'would cover all VMs; expected vm, host, tag, checkpoint or kind')]
        : []),
      ...(kind ?? []).flatMap((each, at) =>
        kinds.includes(each)
          ? []
          : [fault(itemPath(context, [...path, 'kind'], at), unknownKindName(each, kinds))],
      ),
      ...(rules ?? []).flatMap((id, at): readonly Complaint[] => {
        const why = whyNotExcepted(id);
        return why === null ? [] : [fault(itemPath(context, [...path, 'rules'], at), why)];
      }),
    ];
  });
}

function whyNotExcepted(id: string): string | null {
  const rule = RULES.find((each) => each.id === id);
  if (rule !== undefined) {
    return rule.isExceptable
      ? null
      : `no exception covers ${id}: what it finds endangers a volume, a chain or the watch itself`;
  }
  const meant = suggest(
    id,
    RULES.map((each) => each.id),
  );
  const excepted = RULES.filter(({ isExceptable }) => isExceptable).map((each) => each.id);
  return `${quoteValue(id)} is no rule; ${meant === null ? `expected one of ${excepted.join(', ')}` : `did you mean "${meant}"?`}`;
}

/** A star for everything is allowed, but nobody should write it by mistake. */
export function exceptionsAreNarrow({ written }: CheckContext): readonly Complaint[] {
  return (written.exceptions ?? []).flatMap((exception, index): readonly Complaint[] => {
    const selectors = [exception.vm, exception.host, exception.tag, exception.checkpoint, exception.kind];
    if (!areForEverything(selectors)) return [];
    const message =
      'covers all VMs, also those that are not there yet; name the VMs or checkpoints that are meant';
    return [caution(['exceptions', index], message)];
  });
}

/** What is found about a VM as a whole is covered only by an exception that names no checkpoints. */
export function exceptionsReachTheirRules(context: CheckContext): readonly Complaint[] {
  return (context.written.exceptions ?? []).flatMap(
    ({ kind, checkpoint, rules }, index): readonly Complaint[] => {
      if (kind === undefined && checkpoint === undefined) return [];
      const path = ['exceptions', index, 'rules'];
      return (rules ?? []).flatMap((id, at): readonly Complaint[] =>
        isAboutWholeVms(id) ? [caution(itemPath(context, path, at), notReached(id))] : [],
      );
    },
  );
}

/** Of checkpoints of some kinds a rule may have nothing to say, so that there is nothing to cover. */
export function exceptionsReachTheirKinds(context: CheckContext): readonly Complaint[] {
  return readExceptions(context).flatMap(({ kind, rules }, index): readonly Complaint[] => {
    // Of rules about whole VMs that is said already.
    if (kind.length === 0 || rules.every(isAboutWholeVms)) return [];
    if (rules.some((id) => kind.some((each) => judgesKind(id, each)))) return [];
    const judge = rules.length === 1 ? 'judges' : 'judge';
    const message = `covers nothing: ${rules.join(' and ')} ${judge} no checkpoint of kind ${kind.join(' or ')} by itself; name other rules`;
    return [caution(['exceptions', index, 'kind'], message)];
  });
}

function judgesKind(id: RuleId, kind: CheckpointKind): boolean {
  const rule = RULES.find((each) => each.id === id);
  if (rule?.judgeCheckpoint === undefined) return false;
  const { options } = rule;
  const isOfKinds = options.type === 'levels-by-kind' && isBuiltInKind(kind);
  return !isOfKinds || options.kinds.some((each) => each === kind);
}

function isAboutWholeVms(id: string): boolean {
  const rule = RULES.find((each) => each.id === id);
  return rule?.isExceptable === true && rule.judgeCheckpoint === undefined;
}

function notReached(id: string): string {
  return `${id} judges VMs as a whole, and is not covered by an exception for kinds or checkpoints; it needs one without them`;
}

/** Two that cover the same are one: the first that has not ended is shown, and the other would never be missed. */
export function exceptionsAreDistinct(context: CheckContext): readonly Complaint[] {
  const first = new Map<string, number>();
  return readExceptions(context).flatMap(({ key }, index): readonly Complaint[] => {
    const path = ['exceptions', index];
    if (!isUnderstood(context, path, EXCEPTION_OPTIONS)) return [];
    const other = first.get(key);
    if (other === undefined) first.set(key, index);
    return other === undefined
      ? []
      : [caution(path, `covers the very same as exceptions[${other}]; keep one of them`)];
  });
}

/** Longer than this nobody looks ahead. */
const LONG_MS = 2 * 366 * DAY_MS;

/** An end that is past, and one that never comes, are seldom meant. */
export function exceptionsEndSomeDay({ written, world }: CheckContext): readonly Complaint[] {
  return (written.exceptions ?? []).flatMap((exception, index): readonly Complaint[] => {
    const path = ['exceptions', index, 'until'];
    const at = untilAt(exception.until);
    if (at === null) return [];
    if (at <= world.now) {
      const message = `ended ${formatAge(world.now - at)} ago and covers nothing any more; remove the exception, or give it a later end`;
      return [caution(path, message)];
    }
    if (at - world.now <= LONG_MS) return [];
    return [
      caution(
        path,
        'is more than two years away; what the exception covers will have been forgotten by then',
      ),
    ];
  });
}

/** Without a host's clock, at UTC: a few hours do not matter here. */
function untilAt(until: DeclaredEnd): number | null {
  return endAt(until, null, null);
}
