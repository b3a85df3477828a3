import { readDate } from './date.ts';
import type { LocalEnd } from './declaration.ts';
import type { Found } from './found.ts';
import { behind, type Keyword, type KeywordKind } from './keyword.ts';
import { readOwner } from './owner.ts';
import { LETTER, matchAt, type Reading } from './reading.ts';
import { isNumberWithoutUnit, readSpan } from './span.ts';

/** What parts a keyword from its value: a sign, blanks or hyphens, an opening quote, and words such as "on". */
const GAP =
  /(?:\s?([=:])\s?|[\s_-]{0,3})["'(<]?(?:(?:at least|mindestens|einschlie(?:ß|ss)lich|inkl(?:usive|\.)?|on|at|by|in|is|the|for|am|ab|dem|den|zum)[\s_-]){0,2}/iy;

const VERB_LAST = new RegExp(
  `\\s(?:behalten|aufbewahren|aufheben|l(?:ö|oe)schen|gel(?:ö|oe)scht\\swerden)(?![${LETTER}])`,
  'iy',
);

/** "bis 01.12.2026 nicht löschen" keeps until then; "ab 01.12.2026 nicht löschen" says no end at all. */
const VERB_NEGATED = new RegExp(
  `\\snicht\\s(?:l(?:ö|oe)schen|gel(?:ö|oe)scht\\swerden)(?![${LETTER}])`,
  'iy',
);
const STATES_STAY = /^(?:bis|f(?:ü|ue)r)$/i;

/** "wird am 01.12.2026 gelöscht"; without "wird" it may have been something else that was deleted then. */
const VERB_PASSIVE = new RegExp(`\\sgel(?:ö|oe)scht(?![${LETTER}])`, 'iy');
const STATES_PASSIVE = /^wird\s/i;

/** "keep 30 days of logs" is about something else than the checkpoint. */
const OF_SOMETHING = /\sof\s/iy;
const SAYS_FOR = /for$/i;

interface Statement {
  readonly text: string;
  readonly keyword: Keyword;
  /** Where its value starts. */
  readonly valueAt: number;
  readonly sign: string | undefined;
}

/** What came of a keyword, and where the reading goes on. */
export type Outcome =
  | { readonly type: 'read'; readonly end: number }
  | { readonly type: 'unreadable'; readonly why: string; readonly end: number }
  | { readonly type: 'nothing'; readonly end: number };

/**
 * Reads what a keyword declares. What cannot be read is for the caller to tell, who knows how far it goes.
 * @param mustDeclare nothing is ordinary language here
 */
export function readStatement(text: string, keyword: Keyword, mustDeclare: boolean, found: Found): Outcome {
  const sign = matchAt(GAP, text, keyword.end)?.[1];
  const statement = { text, keyword, valueAt: GAP.lastIndex, sign };
  if (keyword.kind === 'owner') return readOwnerOf(statement, found);
  const reading = readEnd(statement);
  const verbEnd = keyword.kind === 'framed' ? verbEndAt(statement, reading?.end ?? text.length) : null;
  if (keyword.kind === 'framed' && verbEnd === null) return { type: 'nothing', end: behind(keyword) };
  if (reading?.ok && isOfSomething(statement, reading.end)) return { type: 'nothing', end: behind(keyword) };
  if (reading?.ok) {
    const end = verbEnd ?? closingAt(statement, reading.end);
    found.addEnd(reading.value, keyword.start, end);
    return { type: 'read', end };
  }
  if (reading !== null) return { type: 'unreadable', why: reading.why, end: reading.end };
  return mustDeclare || isMeantAsEnd(statement)
    ? { type: 'unreadable', why: whyNone(statement), end: statement.valueAt }
    : { type: 'nothing', end: behind(keyword) };
}

/** Where the verb ends that stands behind a value; `null` without one. */
function verbEndAt({ text, keyword }: Statement, at: number): number | null {
  if (matchAt(VERB_LAST, text, at) !== null) return VERB_LAST.lastIndex;
  const words = text.slice(keyword.start, keyword.end);
  if (STATES_PASSIVE.test(words) && matchAt(VERB_PASSIVE, text, at) !== null) return VERB_PASSIVE.lastIndex;
  const staysUntil = STATES_STAY.test(words);
  return staysUntil && matchAt(VERB_NEGATED, text, at) !== null ? VERB_NEGATED.lastIndex : null;
}

function isOfSomething({ text, keyword: { kind, start, end } }: Statement, at: number): boolean {
  if (kind !== 'keep' || SAYS_FOR.test(text.slice(start, end))) return false;
  return matchAt(OF_SOMETHING, text, at) !== null;
}

/** Behind the closing quote, where the value stands in quotes. */
function closingAt({ text, valueAt }: Statement, end: number): number {
  const quote = text.charAt(valueAt - 1);
  return /["']/.test(quote) && text.charAt(end) === quote ? end + 1 : end;
}

function readOwnerOf({ text, keyword }: Statement, found: Found): Outcome {
  // A name may start with what parts other keywords from their values, such as "on" or a quote.
  matchAt(OWNER_GAP, text, keyword.end);
  const read = readOwner(text, OWNER_GAP.lastIndex);
  if (read === null) return { type: 'nothing', end: behind(keyword) };
  found.addOwner(read.owner);
  return { type: 'read', end: read.end };
}

const OWNER_GAP = /\s?[=:]? ?/y;

const TAKES_DATE: ReadonlySet<KeywordKind> = new Set(['until', 'maybe', 'framed']);
const TAKES_SPAN: ReadonlySet<KeywordKind> = new Set(['ttl', 'keep', 'maybe', 'framed']);

/** "delete from 2 months old" is about how old something is. */
const TAKES_DATE_ALONE = /(?:from|ab)$/i;

function readEnd({ text, keyword: { kind, start, end }, valueAt }: Statement): Reading<LocalEnd | number> {
  const date = TAKES_DATE.has(kind) ? readDate(text, valueAt) : null;
  if (date !== null || !TAKES_SPAN.has(kind) || TAKES_DATE_ALONE.test(text.slice(start, end))) return date;
  return readSpan(text, valueAt);
}

/** Whether somebody declared an end here, even though none can be read. */
function isMeantAsEnd({ text, keyword: { kind }, valueAt, sign }: Statement): boolean {
  if (kind === 'until' || sign === '=') return true;
  return kind === 'ttl' && (sign === ':' || readDate(text, valueAt) !== null);
}

function whyNone({ text, keyword: { kind }, valueAt }: Statement): string {
  if (!TAKES_SPAN.has(kind)) {
    return readSpan(text, valueAt) === null ? 'no date' : 'no date; a lifetime is written as ttl=2d';
  }
  if (!TAKES_DATE.has(kind) && readDate(text, valueAt) !== null) {
    return 'no duration; a date is written as keep-until=2026-12-01';
  }
  if (isNumberWithoutUnit(text, valueAt)) return 'the unit is missing, as in 2d';
  return TAKES_DATE.has(kind) ? 'no date' : 'no duration';
}
