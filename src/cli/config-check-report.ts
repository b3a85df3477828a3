import { replayReport } from '../collector/replay.ts';
import { compareProblems, describeProblems } from '../config/problem.ts';
import { unmatchedProblems } from '../config/unmatched.ts';
import { listsEveryCheckpoint, listsEveryVm } from '../core/alert/completeness.ts';
import { errorText } from '../core/coverage.ts';
import { inventoryOfReports } from '../core/judged-view.ts';
import type { HostReading } from '../core/model.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { formatInstant } from '../core/render/instant-text.ts';
import { plainText } from '../core/render/plain-text.ts';
import { count } from '../core/units.ts';
import { type ConfigOptions, load, shownName, tellNoErrors } from './config.ts';
import { EXIT_CONFIG } from './config-for-command.ts';
import type { CliIo } from './io.ts';
import { tellAdvice } from './read-hosts.ts';

export interface ConfigCheckReportOptions extends ConfigOptions {
  /** A report that was captured. */
  readonly fromFile: string;
}

const PATH_LENGTH = 1000;

/**
 * `config check --from-file`: also says which patterns match nothing of a captured report. 0 when the file can be used,
 * 78 when not, 1 when it can but the report cannot.
 */
export async function configCheckReport(options: ConfigCheckReportOptions, io: CliIo): Promise<number> {
  const loaded = load(options, io);
  const name = shownName(options, loaded);
  if (!loaded.ok) {
    io.stderr.write(describeProblems(name, loaded.problems));
    return EXIT_CONFIG;
  }
  const report = await replayReport(options.fromFile);
  const policy = compilePolicy(loaded.config.policy);
  const read = inventoryOfReports([report], 0);
  const unmatched = unmatchedProblems(policy, read, 'everything');
  io.stderr.write(describeProblems(name, [...loaded.warnings, ...unmatched].sort(compareProblems)));
  tellNoErrors(options, loaded, io);
  const file = plainText(options.fromFile, PATH_LENGTH);
  if (report.status === 'failed') {
    io.stderr.write(
      `${file}: patterns were not checked: ${plainText(errorText(report.error), PATH_LENGTH)}\n`,
    );
    tellAdvice(report, io);
    return 1;
  }
  if (!listsEveryVm(read)) {
    io.stderr.write(
      `${file}: patterns were not checked: not every VM of ${plainText(report.host)} was read\n`,
    );
    return 1;
  }
  const outcome =
    unmatched.length === 0
      ? 'every pattern matches something'
      : `${count(unmatched.length, 'warning')} about patterns`;
  const doubt = listsEveryCheckpoint(read)
    ? ''
    : '; those of checkpoints were not checked, since not every checkpoint was read';
  io.stdout.write(`${file} (${capturedText(report)}): ${outcome}${doubt}\n`);
  return 0;
}

function capturedText({ host, readAt, facts }: HostReading): string {
  return `${plainText(host)}, ${formatInstant(readAt, facts.utcOffsetMin)}`;
}
