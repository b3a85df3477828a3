import { foldCase } from './wildcard.ts';

interface Named {
  readonly id: string;
  readonly name: string;
}

/**
 * Those of exactly this name or id, whatever the case; nothing is a wildcard. What is copied from a table brings its
 * blanks along: those around it count only where a name has them.
 */
export function exactlyNamed<T>(
  things: readonly T[],
  wanted: string,
  named: (thing: T) => Named,
): readonly T[] {
  const called = (text: string): readonly T[] =>
    things.filter((thing) => {
      const { id, name } = named(thing);
      return foldCase(name) === text || foldCase(id) === text;
    });
  const found = called(foldCase(wanted));
  const trimmed = wanted.trim();
  return found.length > 0 || trimmed === '' ? found : called(foldCase(trimmed));
}
