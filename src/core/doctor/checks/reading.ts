import { errorInfo } from '../../collect-error.ts';
import { errorText } from '../../coverage.ts';
import { plainText } from '../../render/plain-text.ts';
import { count, formatDurationExact, SECOND_MS } from '../../units.ts';
import { type DoctorCheck, type Judged, ok, problem, unknown, warning, whenKnown } from '../check.ts';
import type { ReadingFacts, Trouble } from '../facts.ts';

/** Slower than this part of the time allowed, it may be too slow on a bad day. */
const SLOW_RATIO = 0.5;
const MOST_TOLD = 10;

export const READING: DoctorCheck = {
  name: 'reading',
  looksAt: 'one whole reading of the host, as the agent makes it, and how long it takes',
  minds:
    'A host that is not read is a problem, told by its error code (docs/errors.md). More than half of `collector.timeout` is a warning.',
  isForWindows: false,
  judge: ({ reading, config: { collectorTimeoutMs } }) =>
    whenKnown(reading, ({ host, error, durationMs, vms, checkpoints }) => {
      const name = plainText(host);
      if (error !== null) {
        return problem(
          `${name} was not read: ${plainText(errorText(error), 500)} [${error.code}]`,
          errorInfo(error.code).advice,
        );
      }
      const text = `${name}: ${count(vms, 'VM')}, ${count(checkpoints, 'checkpoint')} in ${secondsText(durationMs)}`;
      if (durationMs > collectorTimeoutMs * SLOW_RATIO) {
        return warning(
          `${text}, of ${formatDurationExact(collectorTimeoutMs)} that are allowed`,
          'Raise collector.timeout before a slower day makes readings fail.',
        );
      }
      return ok(text);
    }),
};

export const FILES: DoctorCheck = {
  name: 'files',
  looksAt: 'whether every VM, disk file and volume could be read',
  minds: 'What could not is a warning, told by code: ages are known, sizes may not be.',
  isForWindows: false,
  judge: ({ reading }) => whenKnown(reading, judgeParts),
};

function judgeParts({ error, troubles }: ReadingFacts): Judged {
  if (error !== null) return unknown('the host was not read');
  const [worst] = troubles;
  if (worst === undefined) return ok('everything was read');
  const total = troubles.reduce((sum, trouble) => sum + trouble.count, 0);
  return warning(
    `${count(total, 'part was', 'parts were')} not read`,
    errorInfo(worst.code).advice,
    troubles.slice(0, MOST_TOLD).map(troubleText),
  );
}

function troubleText({ code, count: times, first }: Trouble): string {
  const about = first === null ? '' : `, such as ${plainText(first, 200)}`;
  return `${times} × ${errorInfo(code).meaning}${about} [${code}]`;
}

function secondsText(ms: number): string {
  return `${(ms / SECOND_MS).toFixed(1)} s`;
}
