import { unmatchedProblems } from '../../config/unmatched.ts';
import { listsEveryVm } from '../../core/alert/completeness.ts';
import type { CollectError } from '../../core/collect-error.ts';
import type { FileProblem, ReadingFacts, Trouble } from '../../core/doctor/facts.ts';
import { inventoryOfReports } from '../../core/judged-view.ts';
import type { HostReading, HostReport, Instant } from '../../core/model.ts';
import type { Policy } from '../../core/policy/compile.ts';

/** What a reading tells about the reading itself. */
export function readingFacts(report: HostReport): ReadingFacts {
  const { host, durationMs } = report;
  if (report.status === 'failed') {
    const nothing = { vms: 0, checkpoints: 0, troubles: [], clockAheadMs: null };
    return { host, durationMs, error: report.error, ...nothing, utcOffsetMin: null, timeZone: null };
  }
  const { vms, facts, hostClockAt, readAt } = report;
  return {
    host,
    durationMs,
    error: null,
    vms: vms.length,
    checkpoints: vms.reduce((sum, vm) => sum + (vm.checkpoints?.length ?? 0), 0),
    troubles: troublesOf(report),
    clockAheadMs: hostClockAt - readAt,
    utcOffsetMin: facts.utcOffsetMin,
    timeZone: facts.timeZone,
  };
}

/** The most frequent first. */
function troublesOf({ errors, vms, files, volumes }: HostReading): readonly Trouble[] {
  const all = [
    ...errors,
    ...vms.flatMap((vm) => vm.errors.map((error) => ({ ...error, target: error.target ?? vm.name }))),
    ...files.flatMap((file) => about(file.error, file.path)),
    ...volumes.flatMap((volume) => about(volume.error, volume.root)),
  ];
  return [...Map.groupBy(all, ({ code }) => code)]
    .map(([code, same]): Trouble => ({ code, count: same.length, first: same[0]?.target ?? null }))
    .sort((a, b) => b.count - a.count);
}

function about(error: CollectError | null, target: string): readonly CollectError[] {
  return error === null ? [] : [{ ...error, target: error.target ?? target }];
}

/** Patterns that match nothing of what was read; `null` when not every VM was. */
export function unmatchedFacts(
  report: HostReport,
  policy: Policy,
  now: Instant,
): readonly FileProblem[] | null {
  const read = inventoryOfReports([report], now);
  return listsEveryVm(read) ? unmatchedProblems(policy, read, 'machines') : null;
}
