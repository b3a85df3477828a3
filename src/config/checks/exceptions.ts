import { type DeclaredEnd, endAt } from '../../core/policy/lifetime/declaration.ts';
import { RULES } from '../../core/rules/index.ts';
import { DAY_MS, formatAge } from '../../core/units.ts';
import type { CheckContext } from '../check.ts';
import { type Complaint, caution, fault } from '../problem.ts';
import { knownKinds, unknownWord } from './kinds.ts';

/** An exception needs something it is about, rules that can be excepted, and kinds that exist. */
export function exceptionsSaySomething(context: CheckContext): readonly Complaint[] {
  const ids: readonly string[] = RULES.map(({ id }) => id);
  const kinds = knownKinds(context);
  return (context.written.exceptions ?? []).flatMap((exception, index): readonly Complaint[] => {
    const path = ['exceptions', index];
    const { vm, host, tag, checkpoint, kind, rules } = exception;
    const isAboutNothing = [vm, host, tag, checkpoint, kind].every((selector) => selector === undefined);
    return [
      ...(isAboutNothing
        ? [fault(path, 'covers everything; expected vm, host, tag, checkpoint or kind')]
        : []),
      ...(kind ?? [])
        .filter((each) => !kinds.includes(each))
        .map((each) => fault([...path, 'kind'], unknownWord(each, 'kind', kinds))),
      ...(rules ?? []).flatMap((id, at): readonly Complaint[] => {
        const rulePath = [
          ...path,
          'rules',
          ...(Array.isArray(context.given([...path, 'rules'])) ? [at] : []),
        ];
        if (!ids.includes(id)) return [fault(rulePath, unknownWord(id, 'rule', ids))];
        return RULES.some((rule) => rule.id === id && rule.isExceptable)
          ? []
          : [
              fault(
                rulePath,
                `no exception covers ${id}: what it finds endangers a volume, a chain or the watch itself`,
              ),
            ];
      }),
    ];
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
