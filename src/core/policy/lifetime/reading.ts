/**
 * What a reader finds where it is told to look: a value, something that is meant as one and cannot be read, or nothing
 * of its kind. `end` is where it stops.
 */
export type Reading<T> =
  | { readonly ok: true; readonly value: T; readonly end: number }
  | { readonly ok: false; readonly why: string; readonly end: number }
  | null;

/** What letters and digits are to a word's boundary: Latin ones. Scripts that need no blanks may stand beside a word. */
export const LETTER = 'a-z\\u00c0-\\u024f';

const WORD_GOES_ON = new RegExp(`[${LETTER}0-9]`, 'i');

/** Whether a word that ends here goes on. */
export function goesOnAt(text: string, at: number): boolean {
  return WORD_GOES_ON.test(text.charAt(at));
}

/** What a sticky expression finds at exactly this place; `lastIndex` tells where it stops. */
export function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

/** The most characters that are read of a text. */
export const READ_CHARACTERS = 4096;

/** Longer than any declaration: what starts so close to a cut may be a part only, and is left alone. */
const BEFORE_CUT = 160;

/** A text made ready for the readers. */
export interface Prepared {
  readonly text: string;
  /** Declarations that start from here on are not read. */
  readonly stopAt: number;
  readonly isCut: boolean;
}

/**
 * The text's first 4096 characters, well-formed: what is invisible is gone, runs of blanks and controls are one blank
 * or one line's end, typographic hyphens and quotes are the plain ones.
 */
export function prepare(text: string): Prepared {
  const isCut = text.length > READ_CHARACTERS;
  const plain = text
    .slice(0, READ_CHARACTERS)
    .toWellFormed()
    .replace(/[aou]\u0308/gi, (umlaut) => umlaut.normalize('NFC'))
    .replace(/(?:\p{Cf}|\u034f|[\u115f\u1160\u3164\uffa0])+/gu, '')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replace(/[\u2018-\u201b]/g, "'")
    .replace(/[\u201c-\u201f\u00ab\u00bb]/g, '"')
    .replace(/[\s\p{Cc}\u2800]+/gu, (blanks) => (/[\n\r\u0085\u2028\u2029]/.test(blanks) ? '\n' : ' '));
  return { text: plain, stopAt: isCut ? Math.max(0, plain.length - BEFORE_CUT) : plain.length, isCut };
}
