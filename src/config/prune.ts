import type * as z from 'zod';
import { optionPath } from './issues.ts';
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
 * Validates what the file holds. What is invalid is taken out and the rest validated again, so that the checks across
 * options can still be made and everything is said at once.
 */
export function validate(plain: unknown): Validated {
  let rest = dropUnset(plain ?? {}, []);
  const first = WRITTEN_SCHEMA.safeParse(rest, { reportInput: true });
  if (first.success) return { written: first.data, issues: [] };
  let { issues } = first.error;
  for (let round = 0; round < MOST_ROUNDS; round++) {
    for (const path of issues.flatMap(pathsToDrop)) rest = without(rest, path);
    const again = WRITTEN_SCHEMA.safeParse(rest, { reportInput: true });
    if (again.success) return { written: again.data, issues: first.error.issues };
    issues = again.error.issues;
  }
  return { written: null, issues: first.error.issues };
}

/** An option left empty means its default, except below `rules`, where null is "off". */
function dropUnset(value: unknown, path: OptionPath): unknown {
  if (!isSection(value) || (path[0] === 'rules' && path.length > 0)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) =>
      child === null ? [] : [[key, dropUnset(child, [...path, key])] as const],
    ),
  );
}

function pathsToDrop(issue: z.core.$ZodIssue): readonly OptionPath[] {
  const path = optionPath(issue.path);
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => [...path, key]);
  // What is missing cannot be dropped, but the section that misses it can.
  return [issue.input === undefined ? path.slice(0, -1) : path];
}

function without(value: unknown, path: OptionPath): unknown {
  const [part, ...rest] = path;
  if (part === undefined || !isSection(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, child]) => {
      if (key !== part) return [[key, child] as const];
      return rest.length === 0 ? [] : [[key, without(child, rest)] as const];
    }),
  );
}

function isSection(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
