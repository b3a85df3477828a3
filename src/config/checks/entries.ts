import type { CheckContext } from '../check.ts';
import { type Complaint, fault, type OptionPath } from '../problem.ts';

/**
 * Whether an entry of the file lacks all of these options, and nothing in it could have been meant as one of them. An
 * option that is there and wrong, and a name that nobody knows, are complained about as such.
 */
export function lacks(
  { given }: CheckContext,
  path: OptionPath,
  options: readonly string[],
  known: readonly string[],
): boolean {
  const entry = given(path);
  if (!isSection(entry)) return false;
  return Object.keys(entry).every(
    (key) => known.includes(key) && !(options.includes(key) && entry[key] !== null),
  );
}

/** Whether an entry of the file holds no name that nobody knows, so that what is left of it is all of it. */
export function isUnderstood({ given }: CheckContext, path: OptionPath, known: readonly string[]): boolean {
  const entry = given(path);
  return isSection(entry) && Object.keys(entry).every((key) => known.includes(key));
}

/** The names of entries that have nothing after them. */
export function emptyEntries(context: CheckContext, path: OptionPath): readonly string[] {
  const section = context.given(path);
  return isSection(section) ? Object.keys(section).filter((name) => section[name] === null) : [];
}

/** An option that says what an entry is about must not be lost, or the entry would be about more than its author meant. */
export function emptySelectors(
  context: CheckContext,
  path: OptionPath,
  selectors: readonly string[],
): readonly Complaint[] {
  return emptyEntries(context, path)
    .filter((name) => selectors.includes(name))
    .map((name) => fault([...path, name], 'is empty; expected a value, or leave it out'));
}

/** Whether an entry has lists of patterns, and each matches whatever there is. */
export function areForEverything(lists: readonly (readonly string[] | undefined)[]): boolean {
  const written = lists.filter((patterns) => patterns !== undefined);
  return written.length > 0 && written.every((patterns) => patterns.some((each) => /^\*+$/.test(each)));
}

/** The place of an item; one alone needs no list. */
export function itemPath({ given }: CheckContext, path: OptionPath, index: number): OptionPath {
  return Array.isArray(given(path)) ? [...path, index] : path;
}

/** Whether braces hold nothing. */
export function isEmptySection(value: unknown): boolean {
  return isSection(value) && Object.keys(value).length === 0;
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
