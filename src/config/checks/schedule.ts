import { validateDetailed } from 'node-cron';
import { suggest } from '../../core/suggest.ts';
import { formatDurationExact, MINUTE_MS, SECOND_MS } from '../../core/units.ts';
import type { CheckContext } from '../check.ts';
import { type Complaint, caution, fault, quoteValue } from '../problem.ts';

const LONGEST_CRON = 200;
const DEFAULT_JITTER_MS = 30 * SECOND_MS;

/** The jitter when none is written: 30 s, at most a tenth of the interval; `null` for a cron expression. */
export function usualJitterMs(everyMs: number | null): number {
  return everyMs === null ? DEFAULT_JITTER_MS : Math.min(DEFAULT_JITTER_MS, Math.floor(everyMs / 10));
}

/** The jitter in force. */
export function effectiveJitterMs({ jitter, cron, every }: CheckContext['written']['schedule']): number {
  return jitter ?? usualJitterMs(cron === null ? every : null);
}

/** A schedule is an interval or a cron expression. */
export function scheduleIsEveryOrCron({ written, given }: CheckContext): readonly Complaint[] {
  const { cron, time_zone: timeZone } = written.schedule;
  const both = cron !== null && given(['schedule', 'every']) != null;
  const complaints = both
    ? [fault(['schedule', 'cron'], 'both every and cron are given; expected one of them')]
    : [];
  if (timeZone === null || cron !== null || given(['schedule', 'cron']) != null) return complaints;
  return [
    ...complaints,
    fault(
      ['schedule', 'time_zone'],
      'is given without cron; an interval knows no time of day, so leave it out',
    ),
  ];
}

/** node-cron says itself which field is wrong. */
export function cronIsValid({ written }: CheckContext): readonly Complaint[] {
  const { cron } = written.schedule;
  if (cron === null) return [];
  // node-cron spells ranges out before it looks at their bounds: a large number would exhaust the memory.
  if (/\d{3}/.test(cron) || cron.length > LONGEST_CRON) {
    return [
      fault(['schedule', 'cron'], `${quoteValue(cron)} is not a cron expression such as "*/15 * * * *"`),
    ];
  }
  const { valid, errors } = validateDetailed(cron);
  if (valid) return [];
  const details = errors.map(({ field, value, message }) =>
    field === 'expression' ? message : `${FIELD_NAMES[field] ?? field} cannot be ${quoteValue(value)}`,
  );
  return [
    fault(
      ['schedule', 'cron'],
      `${quoteValue(cron)} is not a cron expression such as "*/15 * * * *"; ${details.join(', ')}`,
    ),
  ];
}

const FIELD_NAMES: Readonly<Record<string, string>> = {
  dayOfMonth: 'day of month',
  dayOfWeek: 'day of week',
};

/** cron of Unix takes either, node-cron needs both: a Monday that is the first of its month is rare. */
export function cronDaysAreMeant({ written }: CheckContext): readonly Complaint[] {
  const fields = written.schedule.cron?.trim().split(/\s+/) ?? [];
  const [dayOfMonth, , dayOfWeek] = fields.slice(-3);
  const isRestricted = (field: string | undefined) => field !== undefined && field !== '*' && field !== '?';
  if (fields.length < 5 || !isRestricted(dayOfMonth) || !isRestricted(dayOfWeek)) return [];
  const message = `restricts both day of month (${quoteValue(dayOfMonth)}) and day of week (${quoteValue(dayOfWeek)}): it runs only on days that are both`;
  return [caution(['schedule', 'cron'], message)];
}

/** node-cron takes any text for a time zone, and fails only when it is due. */
export function timeZoneIsKnown({ written }: CheckContext): readonly Complaint[] {
  const { time_zone: timeZone } = written.schedule;
  if (timeZone === null || isTimeZone(timeZone)) return [];
  const meant = meantTimeZone(timeZone);
  const hint = meant === null ? '' : `; did you mean ${meant}?`;
  return [
    fault(
      ['schedule', 'time_zone'],
      `${quoteValue(timeZone)} is not a known time zone; expected an IANA name such as Europe/Berlin${hint}`,
    ),
  ];
}

/** Found by its city, since that is what people remember. */
function meantTimeZone(name: string): string | null {
  const zones = Intl.supportedValuesOf('timeZone');
  const cityOf = (zone: string) => zone.slice(zone.lastIndexOf('/') + 1);
  const city = suggest(cityOf(name), zones.map(cityOf));
  return zones.find((zone) => cityOf(zone) === city) ?? null;
}

function isTimeZone(name: string): boolean {
  // Offsets such as +02:00 know no summer time; nobody who writes one expects that.
  if (!/^[A-Za-z]/.test(name)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/** Otherwise one scan could begin after the next. */
export function jitterIsShorterThanEvery({ written }: CheckContext): readonly Complaint[] {
  const { cron, every, jitter } = written.schedule;
  if (cron !== null || jitter === null || jitter < every) return [];
  const message = `"${formatDurationExact(jitter)}" is not shorter than every "${formatDurationExact(every)}"`;
  return [fault(['schedule', 'jitter'], message)];
}

/** Each scan starts a PowerShell, which alone takes a second of processor time. */
export function scansAreNotTooOften({ written }: CheckContext): readonly Complaint[] {
  const { cron, every } = written.schedule;
  if (cron !== null) {
    const isEachSecond = cron.trim().split(/\s+/).length === 6 && cron.trim().startsWith('*');
    return isEachSecond
      ? [caution(['schedule', 'cron'], 'scans several times a minute; each scan starts a PowerShell')]
      : [];
  }
  if (every >= MINUTE_MS) return [];
  const message = `"${formatDurationExact(every)}" is very often: each scan starts a PowerShell and asks the host for all its VMs`;
  return [caution(['schedule', 'every'], message)];
}

/** A scan that still runs when the next is due makes that one be skipped. */
export function timeoutFitsSchedule({ written, given }: CheckContext): readonly Complaint[] {
  const { timeout } = written.collector;
  const { cron, every } = written.schedule;
  if (cron !== null || timeout <= every || given(['collector', 'timeout']) == null) return [];
  const message = `"${formatDurationExact(timeout)}" is longer than schedule.every "${formatDurationExact(every)}": scans that take this long make the next ones be skipped`;
  return [caution(['collector', 'timeout'], message)];
}
