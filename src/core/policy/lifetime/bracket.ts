import type { Found } from './found.ts';
import { type Keyword, keywordAt } from './keyword.ts';
import { matchAt, type Prepared } from './reading.ts';
import { readStatement } from './statement.ts';

const INSIDE = /[^[\]]*/y;
const TO_LINE_END = /[^[\]\n]*/y;
const SEPARATORS = /[\s,;]+/y;
/** A word, or a key and what is assigned to it; never empty where no separator and no bracket stands. */
const ITEM = /([^\s,;=:[\]]*)(?:\s?[=:]\s?([^\s,;[\]]*))?/y;
/** The rest of what cannot be read, up to the next item. */
const REST = /(?:(?!\s(?:never|[a-z][\w-]*\s?[=:]))[^,;[\]])*/iy;

/**
 * Reads `[ckpt:…]`, of which nothing is ordinary language: what is not known is told.
 * @returns where the reading goes on
 */
export function readBracket({ text, isCut }: Prepared, bracket: Keyword, found: Found): number {
  matchAt(INSIDE, text, bracket.end);
  const close = INSIDE.lastIndex;
  if (text.charAt(close) !== ']') {
    // Whether it would have been closed is not known of a text that was cut.
    if (isCut && close === text.length) return close;
    matchAt(TO_LINE_END, text, bracket.end);
    found.addUnreadable('the bracket is not closed', bracket.start, TO_LINE_END.lastIndex);
    return TO_LINE_END.lastIndex;
  }
  for (let at = skipSeparators(text, bracket.end); at < close && found.takeTurn(); ) {
    at = skipSeparators(text, readItem(text, at, found));
  }
  return close + 1;
}

function skipSeparators(text: string, at: number): number {
  return matchAt(SEPARATORS, text, at) === null ? at : SEPARATORS.lastIndex;
}

function readItem(text: string, at: number, found: Found): number {
  const keyword = keywordAt(text, at);
  if (keyword !== null && keyword.kind !== 'bracket') {
    const statement = readStatement(text, keyword, true, found);
    if (statement.type === 'read') return statement.end;
    if (statement.type === 'unreadable') {
      matchAt(REST, text, statement.end);
      found.addUnreadable(statement.why, at, REST.lastIndex);
      return REST.lastIndex;
    }
  }
  const [, key = '', value] = matchAt(ITEM, text, at) ?? [];
  const end = ITEM.lastIndex;
  if (value === undefined && key.toLowerCase() === 'never' && found.addTag(key)) return end;
  if (value !== undefined && key.toLowerCase() === 'tag') {
    if (found.addTag(value)) return end;
    found.addUnreadable('a tag is made of up to 32 of a-z, 0-9, _ . and -', at, end);
    return end;
  }
  found.addUnreadable(value === undefined ? 'unknown word' : 'unknown key', at, end);
  return end;
}
