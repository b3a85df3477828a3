import { shorten } from '../../render/plain-text.ts';
import { keywordAt } from './keyword.ts';
import { matchAt } from './reading.ts';

const QUOTED = /"([^"\n\]]{0,256})"/y;
const WORD = /[^\s,;|"\]]{1,256}/y;
const NAME = /^\p{Lu}[\p{L}'-]*$/u;
const NEXT_NAME = / (\p{Lu}[\p{L}'-]+)(?=[\s,;.|)\]]|$)/uy;
const MAX_LENGTH = 64;

/** An owner as written: quoted, one word such as `CORP\jdoe`, or up to three names such as `Jane Doe`. */
export function readOwner(text: string, at: number): { readonly owner: string; readonly end: number } | null {
  const quoted = matchAt(QUOTED, text, at);
  if (quoted !== null) return ownerOf(quoted[1] ?? '', QUOTED.lastIndex);
  const word = matchAt(WORD, text, at)?.[0];
  if (word === undefined || startsAnother(text, at)) return null;
  let end = WORD.lastIndex;
  if (NAME.test(word)) {
    for (let more = 0; more < 2; more++) {
      if (matchAt(NEXT_NAME, text, end) === null) break;
      if (keywordAt(text, end + 1) !== null) break;
      end = NEXT_NAME.lastIndex;
    }
  }
  return ownerOf(text.slice(at, end).replace(/[.)>:]+$/, ''), end);
}

function ownerOf(text: string, end: number): { readonly owner: string; readonly end: number } | null {
  const owner = shorten(text.replace(/\s+/g, ' ').trim(), MAX_LENGTH);
  return owner === '' ? null : { owner, end };
}

/** Whether nothing was assigned, and what follows is the next declaration. */
function startsAnother(text: string, at: number): boolean {
  const keyword = keywordAt(text, at);
  return keyword !== null && /[=:]/.test(text.charAt(keyword.end));
}
