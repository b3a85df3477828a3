import { LETTER } from './reading.ts';

/**
 * - `until`: says that an end follows: one that nobody can read is told
 * - `maybe`: ordinary language, unless a date or a duration follows
 * - `keep`: ordinary language, unless a duration follows
 * - `framed`: German puts the verb last, as in "bis 01.12.2026 behalten" and "2 Wochen behalten"
 */
export type KeywordKind = 'bracket' | 'until' | 'maybe' | 'keep' | 'ttl' | 'owner' | 'framed';

/** What may part the words of a keyword. */
const S = String.raw`[\s_-]{0,3}`;

const ASSIGNED = String.raw`(?=\s?=)`;
const LABELLED = String.raw`(?=\s?[=:])`;

const WHAT = `(?:(?:it|this|the)${S})?(?:(?:checkpoint|snapshot)${S})?`;
const UNTIL = '(?:until|till?)';
const NOT = `(?:not|don'?t)`;
const DELETE = `(?:delete|remove|be${S}deleted|be${S}removed)`;
const KEEP_DE = '(?:behalten|aufbewahren|aufheben)';
const DELETE_DE = 'l(?:ö|oe)schen';
const INCLUDING_DE = 'einschlie(?:ß|ss)lich|inkl(?:usive|\\.)?';

const FORMS: readonly (readonly [kind: KeywordKind, sources: readonly string[]])[] = [
  ['until', [`keep${S}${WHAT}${UNTIL}`, `${KEEP_DE}${S}bis`, `(?:${UNTIL}|bis)${ASSIGNED}`]],
  [
    'maybe',
    [
      `expir(?:es?|y|ation)(?:${S}date)?`,
      `valid${S}${UNTIL}`,
      `(?:do${S})?${NOT}${S}${DELETE}${S}(?:before|${UNTIL})`,
      `(?<!${NOT}[\\s_-])${DELETE}${S}(?:after|on|by|from|in)`,
      `g(?:ü|ue)ltig${S}bis`,
      `nicht${S}${DELETE_DE}${S}(?:vor|bis)`,
      `(?<!nicht[\\s_-])${DELETE_DE}${S}(?:am|ab|nach|bis|zum|in)`,
      `${KEEP_DE}${S}f(?:ü|ue)r`,
      `(?:${UNTIL}|bis)${LABELLED}`,
      `(?:l(?:ö|oe)sch|ablauf|verfalls?)datum`,
    ],
  ],
  ['keep', [`keep${S}${WHAT}(?:for)?`]],
  ['ttl', ['ttl']],
  ['owner', [`owner${LABELLED}`]],
  [
    'framed',
    [
      `(?:bis|f(?:ü|ue)r|nicht\\svor|(?:wird\\s)?(?<!nicht\\s)(?:am|ab|nach|zum))(?=\\s(?:(?:zum|dem|den|${INCLUDING_DE})\\s)?\\d)`,
      // Nothing stands before the number: the keyword is empty.
      `(?<!nicht\\s)(?=\\d{1,3}\\s(?:stunden?|tage?|wochen?|monate?)\\s${KEEP_DE})`,
    ],
  ],
];

const VM_FORMS: typeof FORMS = [
  ['until', [`keep${S}until${ASSIGNED}`]],
  ['ttl', [`ttl${ASSIGNED}`]],
  ['owner', [`owner${ASSIGNED}`]],
];

const KINDS = FORMS.map(([kind]) => kind);

function expression(forms: typeof FORMS): string {
  const groups = forms.map(([kind, sources]) => `(?<${kind}>${sources.join('|')})`);
  return `(?<bracket>\\[\\s?ckpt\\s?:)|(?<![${LETTER}0-9])(?:${groups.join('|')})(?![${LETTER}])`;
}

/** Where words may declare something. */
const ANYWHERE = new RegExp(expression(FORMS), 'gi');
const IN_VM_NOTES = new RegExp(expression(VM_FORMS), 'gi');
const HERE = new RegExp(expression(FORMS), 'iy');

export interface Keyword {
  readonly kind: KeywordKind;
  readonly start: number;
  readonly end: number;
}

function keywordOf(expression: RegExp, text: string, from: number): Keyword | null {
  expression.lastIndex = from;
  const match = expression.exec(text);
  if (match === null) return null;
  const { groups } = match;
  const kind = groups?.bracket === undefined ? KINDS.find((each) => groups?.[each] !== undefined) : 'bracket';
  return kind === undefined ? null : { kind, start: match.index, end: expression.lastIndex };
}

/** Where the reading goes on when a keyword says nothing: behind it, and behind its first character where it is empty. */
export function behind({ start, end }: Keyword): number {
  return Math.max(end, start + 1);
}

/** The next keyword from a place on; in the notes of a VM only those that are assigned something. */
export function nextKeyword(text: string, from: number, isVmNotes: boolean): Keyword | null {
  return keywordOf(isVmNotes ? IN_VM_NOTES : ANYWHERE, text, from);
}

/** The keyword of any form at exactly this place. */
export function keywordAt(text: string, at: number): Keyword | null {
  return keywordOf(HERE, text, at);
}

/** A part of every keyword; blanks and what is invisible may still stand between words. */
const MAY_DECLARE =
  /keep|ttl|until|till?\W{0,8}[=:]|bis\W{0,8}[=:]|expir|delete|remove|owner|ckpt|behalt|aufbewahr|aufheb|ltig[\W_]{0,8}bis|l..?schen|gel..?scht|datum/i;
const VM_MAY_DECLARE = /until|ttl|owner|ckpt/i;

/** Whether a text may declare anything: cheap, for nearly no name does. */
export function mayDeclare(text: string, isVmNotes: boolean): boolean {
  return (isVmNotes ? VM_MAY_DECLARE : MAY_DECLARE).test(text);
}
