import type * as z from 'zod';
import { optionPath } from './issues.ts';
import { configJsonSchema, sectionAt } from './json-schema.ts';
import type { OptionPath } from './problem.ts';
import { WRITTEN_SCHEMA, type Written } from './schema.ts';

export interface Validated {
  /** What is valid, with defaults; `null` when too little is left to look at. */
  readonly written: Written | null;
  /** Empty when everything is valid. */
  readonly issues: readonly z.core.$ZodIssue[];
}

const MOST_ROUNDS = 20;

/**
 * Validates what the file holds. What is invalid is taken out, or replaced by an example where the section needs
 * it, and the rest validated again, so that the checks across options can still be made and everything is said at once.
 */
export function validate(plain: unknown): Validated {
  let rest = dropUnset(plain ?? {}, []);
  const first = WRITTEN_SCHEMA.safeParse(rest, { reportInput: true });
  if (first.success) return { written: first.data, issues: [] };
  let { issues } = first.error;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (const path of issues.flatMap(pathsToDrop)) rest = replace(rest, path, standIn(path));
    const again = WRITTEN_SCHEMA.safeParse(rest, { reportInput: true });
    if (again.success) return { written: again.data, issues: first.error.issues };
    issues = again.error.issues;
  }
  return { written: null, issues: first.error.issues };
}

/** An option left empty means its default, except below `rules`, where null is "off". */
function dropUnset(value: unknown, path: OptionPath): unknown {
  if (path.includes('rules')) return value;
  if (Array.isArray(value)) return value.map((item, index) => dropUnset(item, [...path, index]));
  if (!isSection(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) =>
      child === null ? [] : [[key, dropUnset(child, [...path, key])] as const],
    ),
  );
}

function pathsToDrop(issue: z.core.$ZodIssue): readonly OptionPath[] {
  const path = optionPath(issue.path);
  return issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...path, key]) : [path];
}

/** What stands in for an invalid option: nothing, or an example of what its section cannot do without. */
function standIn(path: OptionPath): unknown {
  const schema = configJsonSchema();
  const example = sectionAt(schema, path)?.examples?.[0];
  if (example !== undefined) return example;
  const key = path.at(-1);
  const isRequired = sectionAt(schema, path.slice(0, -1))?.required?.some((name) => name === key) === true;
  return isRequired ? {} : undefined;
}

/** A copy with another value at the path; `undefined` takes the option out. */
function replace(value: unknown, path: OptionPath, by: unknown): unknown {
  const [part, ...rest] = path;
  if (part === undefined) return by ?? {};
  // Nothing is taken out of a list: what follows would be somewhere else then.
  if (Array.isArray(value) && typeof part === 'number') {
    return value.map((item, index) => (index === part ? replace(item, rest, by) : item));
  }
  const section = isSection(value) ? value : {};
  const child = rest.length === 0 ? by : replace(section[part], rest, by);
  const others = Object.entries(section).filter(([key]) => key !== part);
  return Object.fromEntries(child === undefined ? others : [...others, [part, child]]);
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
