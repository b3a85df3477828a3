import type { Inventory } from '../core/inventory.ts';
import type { Policy } from '../core/policy/compile.ts';
import { type PatternSubject, unmatchedPatterns } from '../core/policy/unmatched.ts';
import type { Problem } from './problem.ts';

/** Warnings about patterns of a configuration that match nothing of what was read. */
export function unmatchedProblems(
  policy: Policy,
  read: Inventory,
  about: PatternSubject,
): readonly Problem[] {
  return unmatchedPatterns(policy, read, about).map(({ source: { line, path }, message }): Problem => {
    return { severity: 'warning', line, column: null, path, message };
  });
}
