import type { Config } from '../config/config.ts';
import { formatProblems } from '../config/problem.ts';
import { unmatchedProblems } from '../config/unmatched.ts';
import { listsEveryVm } from '../core/alert/completeness.ts';
import type { AgentView } from '../core/view.ts';
import type { Logger } from '../ports.ts';

/** Says once of each configuration which of its patterns match nothing, as soon as every VM was listed. */
export interface PatternLog {
  /** A configuration is in force from now on. */
  use(config: Config): void;
  judged(view: Pick<AgentView, 'policy' | 'inventory'>): void;
}

/** More would drown the log. */
const MOST_TOLD = 20;

export function createPatternLog(initial: Config, logger: Logger): PatternLog {
  let untold: Config | null = initial;
  return {
    use(config) {
      untold = config;
    },
    judged({ policy, inventory }) {
      // A view may still be of the configuration before.
      if (untold === null || policy.config !== untold.policy || !listsEveryVm(inventory)) return;
      const path = untold.source?.path ?? 'the configuration';
      untold = null;
      const problems = unmatchedProblems(policy, inventory, 'machines');
      for (const problem of problems.slice(0, MOST_TOLD)) logger.warn(formatProblems(path, [problem]).trim());
      if (problems.length > MOST_TOLD) {
        logger.warn('more patterns of the configuration match nothing', {
          more: problems.length - MOST_TOLD,
        });
      }
    },
  };
}
