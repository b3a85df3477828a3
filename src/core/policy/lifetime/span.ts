import { DAY_MS, HOUR_MS, MINUTE_MS, parseDuration, WEEK_MS } from '../../units.ts';
import { LETTER, matchAt, type Reading } from './reading.ts';

/** Expressions for words, and what those mean. */
type Words = readonly (readonly [words: string, value: number])[];

/** How long a unit lasts. */
const UNITS: Words = [
  ['years?|yrs?|y|jahr(?:e[ns]?|s)?', 365 * DAY_MS],
  ['months?|mths?|mo|monat(?:e[ns]?|s)?', 30 * DAY_MS],
  ['weeks?|wks?|w|wochen?', WEEK_MS],
  ['days?|d|tag(?:e[ns]?|s)?', DAY_MS],
  ['hours?|hrs?|h|stunden?|std\\.?', HOUR_MS],
  ['minutes?|mins?|minuten', MINUTE_MS],
];

/** Numbers that people write as words where they mean a time. */
const NUMBER_WORDS: Words = [
  ['an?|one|ein(?:e[nmrs]?|s)?', 1],
  ['two|zwei', 2],
  ['three|drei', 3],
  ['four|vier', 4],
];

const alternatives = (words: Words) => words.map(([source]) => `(?:${source})`).join('|');

const WHOLE = new Map(
  [...UNITS, ...NUMBER_WORDS].map(([source]) => [source, new RegExp(`^(?:${source})$`, 'i')]),
);

function meaningOf(words: Words, word: string): number | null {
  return words.find(([source]) => WHOLE.get(source)?.test(word))?.[1] ?? null;
}

const PART = new RegExp(
  `(?:(\\d{1,6}(?:[.,]\\d{1,3})?)[\\s_-]?|(${alternatives(NUMBER_WORDS)})[\\s_-])` +
    `(${alternatives(UNITS)})(?![${LETTER}0-9])`,
  'iy',
);
const JOIN = /[\s,+]{0,2}(?:(?:and|und)\s)?(?=\d)/iy;

const COMPACT = new RegExp(
  `\\d{1,6}(?:ms|[wdhms])(?:\\s?\\d{1,6}(?:ms|[wdhms])){0,5}(?![${LETTER}0-9])`,
  'iy',
);
const MINUTES_OR_MONTHS = /^(\d+)m$/i;

/** Far more than anybody means, and far less than what a date can express. */
const MAX_MS = 1000 * 365 * DAY_MS;

/** Reads how long something lasts: `48h`, `1d12h`, `2 weeks`, `1 week and 2 days`, `2 Tage`, `a month`. */
export function readSpan(text: string, at: number): Reading<number> {
  const words = readWords(text, at);
  const compact = readCompact(text, at);
  const span = (compact?.end ?? -1) > (words?.end ?? -1) ? compact : words;
  if (!span?.ok) return span ?? null;
  if (span.value === 0) return { ok: false, why: 'it lasts no time at all', end: span.end };
  return span.value > MAX_MS ? { ok: false, why: 'longer than 1000 years', end: span.end } : span;
}

function readCompact(text: string, at: number): Reading<number> {
  const written = matchAt(COMPACT, text, at)?.[0];
  if (written === undefined) return null;
  const end = COMPACT.lastIndex;
  const minutes = MINUTES_OR_MONTHS.exec(written)?.[1];
  if (minutes !== undefined) {
    return { ok: false, why: `m may be minutes or months; write ${minutes}min or ${minutes} months`, end };
  }
  const value = parseDuration(written.toLowerCase().replace(/\s/g, ''));
  return value === null
    ? { ok: false, why: 'units go from large to small, as in 1d12h', end }
    : { ok: true, value, end };
}

/** Parts from large to small: what follows a part and is no smaller belongs to something else. */
function readWords(text: string, from: number): Reading<number> {
  let [totalMs, smallest, end] = [0, Number.POSITIVE_INFINITY, -1];
  for (let at = from; ; at = JOIN.lastIndex) {
    const part = matchAt(PART, text, at);
    const [, digits, word, unit = ''] = part ?? [];
    const unitMs = meaningOf(UNITS, unit);
    if (unitMs === null || unitMs >= smallest) break;
    const n = digits === undefined ? meaningOf(NUMBER_WORDS, word ?? '') : Number(digits.replace(',', '.'));
    totalMs += Math.round((n ?? 0) * unitMs);
    smallest = unitMs;
    end = PART.lastIndex;
    if (matchAt(JOIN, text, end) === null) break;
  }
  return end === -1 ? null : { ok: true, value: totalMs, end };
}

/** Whether there is a number that no unit follows. */
export function isNumberWithoutUnit(text: string, at: number): boolean {
  return matchAt(LONE_NUMBER, text, at) !== null;
}

const LONE_NUMBER = new RegExp(`\\d+(?![${LETTER}0-9./:-])`, 'iy');
