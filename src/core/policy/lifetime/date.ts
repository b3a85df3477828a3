import { readClockTime } from './clock-time.ts';
import type { LocalEnd } from './declaration.ts';
import { MONTH, monthNumber, WEEKDAY } from './month.ts';
import { LETTER, matchAt, type Reading } from './reading.ts';

const NO_SUCH_DAY = 'there is no such day';
const NO_YEAR = 'the year is missing';
const NO_DAY = 'the day is missing';
const SHORT_YEAR = 'write the year with four digits';

/** A day, in milliseconds since the epoch were its place at UTC; or why there is none. */
type Day = number | string;

interface Shape {
  readonly sticky: RegExp;
  readonly day: (parts: readonly string[]) => Day;
}

const shape = (source: string, day: Shape['day']): Shape => ({ sticky: new RegExp(source, 'iy'), day });

const ORDINAL = '(?:st|nd|rd|th)?';
const NAME = `(${MONTH})(?![${LETTER}])\\.?`;

/** Every way to write a day, the longer before those that could be a part of them. */
const SHAPES: readonly Shape[] = [
  shape(String.raw`(\d{4})([-/._])(\d{1,2})\2(\d{1,2})(?!\d)`, ([y, , m, d]) => dayOf(y, m, d)),
  shape(String.raw`(2\d{3}|9999)(\d\d)(\d\d)(?!\d)`, ([y, m, d]) => dayOf(y, m, d)),
  shape(
    String.raw`(\d{1,2})\.\s?(\d{1,2})\.(?:\s?(\d{4})|(\d\d))(?!\d|[.:]\d)`,
    ([d, m, long = '', short = '']) => dayOf(long === '' ? `20${short}` : long, m, d),
  ),
  shape(String.raw`(\d{1,2})([-/_])(\d{1,2})\2(\d{4})(?!\d)`, ([a, , b, y]) => eitherOrder(a, b, y)),
  shape(String.raw`(\d{1,2})([-/_])(\d{1,2})\2\d\d(?!\d)`, () => SHORT_YEAR),
  shape(
    String.raw`(\d{1,2})${ORDINAL}\.?[\s_-]?(?:of\s)?${NAME}[\s,._-]{0,2}(\d{4})(?!\d)`,
    ([d, name = '', y]) => dayOf(y, monthNumber(name), d),
  ),
  shape(String.raw`${NAME}[\s_-]?(\d{1,2})${ORDINAL}[\s,._-]{1,2}(\d{4})(?!\d)`, ([name = '', d, y]) =>
    dayOf(y, monthNumber(name), d),
  ),
  shape(String.raw`(\d{4})[\s,_-]{1,2}${NAME}[\s_-]?(\d{1,2})(?!\d)`, ([y, name = '', d]) =>
    dayOf(y, monthNumber(name), d),
  ),
  shape(
    String.raw`\d{1,2}${ORDINAL}\.?[\s_-]?(?:of\s)?${NAME}[\s,_-]{0,2}'?\d\d(?![\d:.])`,
    () => SHORT_YEAR,
  ),
  shape(String.raw`\d{1,2}${ORDINAL}\.?[\s_-]?(?:of\s)?${NAME}`, () => NO_YEAR),
  shape(String.raw`${NAME}[\s_-]?\d{4}(?!\d)`, () => NO_DAY),
  shape(String.raw`${NAME}[\s_-]?\d{1,2}${ORDINAL}(?!\d)`, () => NO_YEAR),
  shape(String.raw`\d{1,2}\.\s?\d{1,2}\.(?!\d)|\d{1,2}/\d{1,2}(?![\d/])`, () => NO_YEAR),
  shape(String.raw`\d{4}[-/]\d{1,2}(?![\d/-])|\d{1,2}[./]\d{4}(?![\d/.])`, () => NO_DAY),
];

const WEEKDAY_BEFORE = new RegExp(`(?:${WEEKDAY})(?:[.,]{1,2}\\s?|\\s)(?=[0-9a-zäö])`, 'iy');

/** Whether there can be a date at all: it starts with a digit or a letter. */
const STARTS = /[0-9a-zä]/iy;

/**
 * Reads a date with or without a time. Day and month are only told apart where they cannot be swapped: a date that
 * might be another one is never guessed. Dots are German, the day first.
 */
export function readDate(text: string, at: number): Reading<LocalEnd> {
  if (matchAt(STARTS, text, at) === null) return null;
  const from = matchAt(WEEKDAY_BEFORE, text, at) === null ? at : WEEKDAY_BEFORE.lastIndex;
  for (const { sticky, day } of SHAPES) {
    const match = matchAt(sticky, text, from);
    if (match === null) continue;
    const end = sticky.lastIndex;
    const dayAt = day(match.slice(1));
    if (typeof dayAt === 'string') return { ok: false, why: dayAt, end };
    return withTime(dayAt, text, end);
  }
  return null;
}

function withTime(dayAt: number, text: string, end: number): Reading<LocalEnd> {
  const time = readClockTime(text, end);
  if (time === null) return { ok: true, value: { dayAt, timeMs: null, offsetMin: null }, end };
  return time.ok ? { ok: true, value: { dayAt, ...time.value }, end: time.end } : time;
}

function dayOf(year: string | undefined, month: string | number | undefined, day: string | undefined): Day {
  const [y, m, d] = [Number(year), Number(month), Number(day)];
  if (y < 2000) return 'years from 2000 on are read';
  const at = Date.UTC(y, m - 1, d);
  // A day that does not exist is another one to Date.UTC.
  const back = new Date(at);
  const exists = m >= 1 && m <= 12 && d >= 1 && back.getUTCMonth() === m - 1 && back.getUTCDate() === d;
  return exists ? at : NO_SUCH_DAY;
}

function eitherOrder(a: string | undefined, b: string | undefined, year: string | undefined): Day {
  const dayFirst = dayOf(year, b, a);
  const monthFirst = dayOf(year, a, b);
  if (typeof dayFirst === 'string') return monthFirst;
  if (typeof monthFirst === 'string' || dayFirst === monthFirst) return dayFirst;
  return `day and month may be swapped; write ${isoDay(dayFirst)} or ${isoDay(monthFirst)}`;
}

function isoDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
