import { HOUR_MS, MINUTE_MS, SECOND_MS } from '../../units.ts';
import { goesOnAt, matchAt, type Reading } from './reading.ts';

/** A time of day behind a date. */
export interface ClockTime {
  /** Since midnight; up to a whole day. `null` when there is but a time zone. */
  readonly timeMs: number | null;
  /** Minutes east of UTC; `null` when no zone is written. */
  readonly offsetMin: number | null;
}

const TIME =
  /(?:t|\s?@\s?|[\s,_-]{1,3}(?:(?:at|um)\s)?)(\d{1,2})(?:(?::|\.(?=\d\d\s?uhr))(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(?:\s?(am|pm|uhr|h)(?![a-z0-9]))?|\s?(am|pm|uhr)(?![a-z0-9]))/iy;

/** `Z`, `UTC`, `UTC+1`, `+01:00`, `+0100`, and `+01` when nothing parts it from the time. */
const OFFSET =
  /\s?(?:UTC|utc|GMT|gmt)([+-])(\d{1,2})(?::?(\d\d))?(?!\d)|\s?([+-])(\d\d):?(\d\d)(?!\d)|([+-])(\d\d)(?!\d)/y;
const ZONE =
  /\s?(Z|z|UTC|utc|GMT|gmt|CET|CEST|MEZ|MESZ|[ECMP][SD]T|BST|IST|WEST|WET|EEST|EET)(?![A-Za-z0-9])/y;
const PLAIN_ZONE = /\s?(?:Z|UTC|GMT)(?![A-Za-z0-9+-])/y;

const ZONES: Readonly<Record<string, number>> = {
  z: 0,
  utc: 0,
  gmt: 0,
  cet: 60,
  mez: 60,
  cest: 120,
  mesz: 120,
};

const ZONE_HELP = 'write the time zone as +01:00';

/** No place on Earth is further from UTC. */
const MAX_OFFSET_MIN = 14 * 60;

/** Reads the time behind a date: `T18:00Z`, ` 18:00`, `, 6:00 pm`, ` um 18 Uhr`, ` 18:00 +01:00`. */
export function readClockTime(text: string, at: number): Reading<ClockTime> {
  const match = matchAt(TIME, text, at);
  if (match === null) return readPlainZone(text, at);
  const timeEnd = TIME.lastIndex;
  const [, hours, minutes = '0', seconds = '0', suffix, onlySuffix] = match;
  const timeMs = timeOfDay(Number(hours), Number(minutes), Number(seconds), suffix ?? onlySuffix ?? '');
  if (timeMs === null) return { ok: false, why: 'there is no such time', end: timeEnd };
  const zone = readZone(text, timeEnd);
  if (zone !== null && !zone.ok) return zone;
  const end = zone?.end ?? timeEnd;
  if (goesOnAt(text, end)) return { ok: false, why: 'the time cannot be read', end };
  if (zone === null && /^[+-]\d/.test(text.slice(end, end + 2))) return { ok: false, why: ZONE_HELP, end };
  return { ok: true, value: { timeMs, offsetMin: zone?.value ?? null }, end };
}

function readPlainZone(text: string, at: number): Reading<ClockTime> {
  if (matchAt(PLAIN_ZONE, text, at) !== null) {
    return { ok: true, value: { timeMs: null, offsetMin: 0 }, end: PLAIN_ZONE.lastIndex };
  }
  return goesOnAt(text, at) ? { ok: false, why: 'what follows the date cannot be read', end: at } : null;
}

function timeOfDay(hours: number, minutes: number, seconds: number, suffix: string): number | null {
  const half = /^(am|pm)$/i.exec(suffix)?.[0].toLowerCase();
  if (half !== undefined && (hours < 1 || hours > 12)) return null;
  const hour = half === undefined ? hours : (hours % 12) + (half === 'pm' ? 12 : 0);
  if (minutes > 59 || seconds > 59 || hour > 24 || (hour === 24 && minutes + seconds > 0)) return null;
  return hour * HOUR_MS + minutes * MINUTE_MS + seconds * SECOND_MS;
}

/** Minutes east of UTC. */
function readZone(text: string, at: number): Reading<number> {
  const offset = matchAt(OFFSET, text, at);
  if (offset !== null) {
    const end = OFFSET.lastIndex;
    const sign = (offset[1] ?? offset[4] ?? offset[7]) === '-' ? -1 : 1;
    const minutes = Number(offset[3] ?? offset[6] ?? 0);
    const total = Number(offset[2] ?? offset[5] ?? offset[8]) * 60 + minutes;
    if (minutes > 59 || total > MAX_OFFSET_MIN) return { ok: false, why: 'there is no such time zone', end };
    // No minus zero.
    return { ok: true, value: total === 0 ? 0 : sign * total, end };
  }
  const named = matchAt(ZONE, text, at);
  if (named === null) return null;
  const value = ZONES[(named[1] ?? '').toLowerCase()];
  const end = ZONE.lastIndex;
  return value === undefined ? { ok: false, why: ZONE_HELP, end } : { ok: true, value, end };
}
