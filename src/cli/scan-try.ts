import { scanIntervalMs } from '../agent/schedule.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { compareProblems, describeProblems, type Problem } from '../config/problem.ts';
import { unmatchedProblems } from '../config/unmatched.ts';
import { inventoryOfReports, judgedView } from '../core/judged-view.ts';
import { compareJudgements } from '../core/policy/compare.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { comparisonJson, comparisonTable } from '../core/render/scan/comparison.ts';
import { configForCommand, EXIT_CONFIG } from './config-for-command.ts';
import type { CliIo } from './io.ts';
import { lookAt } from './look.ts';
import { tellAdvice } from './read-hosts.ts';
import type { ScanRequest } from './scan.ts';
import { narrow, tellUnmatched } from './scan-filter.ts';
import { exitCode, painter } from './scan-view.ts';

/**
 * Judges what is there by the configuration in force and by another one, and shows what would be otherwise. Of the other
 * one only what judges is used. Exit codes as of `scan`, with the findings of the other one; 78 when either is wrong.
 */
export async function scanTry(tried: string, request: ScanRequest, io: CliIo): Promise<number> {
  const inForce = configForCommand(request.config, io);
  const other = loadTried(tried, io);
  if (!inForce.ok) return inForce.exitCode;
  if (other === null) return EXIT_CONFIG;
  const { reports, now, replay } = await lookAt(inForce.config, request.fromFile, io);
  const inventory = inventoryOfReports(reports, now);
  const intervalMs = scanIntervalMs(inForce.config.schedule);
  const judged = ({ policy }: Config) => {
    const by = { policy: compilePolicy(policy), now, scanIntervalMs: intervalMs };
    return narrow(judgedView(inventory, by), request);
  };
  const [before, after] = [judged(inForce.config), judged(other.config)];
  const matched = tellUnmatched(before, request, io);
  if (matched === 'nothing') return 1;
  const comparison = compareJudgements(before.findings, after.findings);
  const unmatched = unmatchedProblems(after.policy, inventory, 'everything');
  const warnings = [...other.warnings, ...unmatched].sort(compareProblems);
  const shown = { view: before, comparison, tried, replay };
  if (request.format === 'json') {
    io.stdout.write(`${JSON.stringify(comparisonJson(shown, warnings), null, 2)}\n`);
  } else {
    io.stdout.write(comparisonTable(shown, painter(io)));
    io.stderr.write(describeProblems(tried, warnings));
  }
  for (const report of reports) tellAdvice(report, io);
  return exitCode(after, request.failOn, matched);
}

interface Tried {
  readonly config: Config;
  readonly warnings: readonly Problem[];
}

function loadTried(path: string, { env, platform, cwd, stderr }: CliIo): Tried | null {
  const loaded = loadConfig({ path, env, platform, cwd });
  if (loaded.ok) return loaded;
  stderr.write(describeProblems(path, loaded.problems));
  return null;
}
