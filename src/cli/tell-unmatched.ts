import { formatProblems } from '../config/problem.ts';
import { unmatchedProblems } from '../config/unmatched.ts';
import type { Inventory } from '../core/inventory.ts';
import type { Policy } from '../core/policy/compile.ts';
import { count } from '../core/units.ts';
import type { CliIo } from './io.ts';

/** More would hide what else was said. */
const MOST_TOLD = 10;

/** Says on stderr which patterns of the configuration match nothing of what was read. */
export function tellUnmatched(path: string, policy: Policy, read: Inventory, { stderr }: CliIo): void {
  const problems = unmatchedProblems(policy, read, 'machines');
  if (problems.length === 0) return;
  stderr.write(formatProblems(path, problems.slice(0, MOST_TOLD)));
  const left = problems.length - MOST_TOLD;
  if (left > 0) {
    stderr.write(
      `${count(left, 'more pattern matches', 'more patterns match')} nothing; config check --from-file REPORT tells all\n`,
    );
  }
}
