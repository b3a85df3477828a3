import { count } from '../core/units.ts';

/** Something wrong with a configuration. A file with errors is not used; warnings are only said. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  /** From 1; `null` when it concerns the file as a whole. */
  readonly line: number | null;
  readonly column: number | null;
  /** Such as `rules.checkpoint-age.user.warning`; empty for the file as a whole. */
  readonly path: string;
  readonly message: string;
}

/** The way to an option: keys and positions in lists. */
export type OptionPath = readonly (string | number)[];

/** A problem whose place is known by its option; where that is in the file is found later. */
export interface Complaint {
  readonly severity: Problem['severity'];
  readonly path: OptionPath;
  readonly message: string;
  /** What to point at; the value unless said otherwise. */
  readonly at?: 'key';
}

/** Makes a complaint that keeps the configuration from being used. */
export function fault(path: OptionPath, message: string): Complaint {
  return { severity: 'error', path, message };
}

/** Makes a complaint that is only said. */
export function caution(path: OptionPath, message: string): Complaint {
  return { severity: 'warning', path, message };
}

/** In the order of the file; what concerns the whole of it comes first. */
export function compareProblems(a: Problem, b: Problem): number {
  return (
    (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0) || (a.message < b.message ? -1 : 1)
  );
}

/** One line each, `file:line:column  path: message`, with the messages below one another. */
export function formatProblems(file: string, problems: readonly Problem[]): string {
  const places = problems.map(({ line, column }) =>
    line === null ? file : `${file}:${line}${column === null ? '' : `:${column}`}`,
  );
  const width = Math.max(0, ...places.map((place) => place.length));
  return problems
    .map(({ severity, path, message }, index) => {
      const mark = severity === 'warning' ? 'warning: ' : '';
      const subject = path === '' ? '' : `${path}: `;
      return `${(places[index] ?? '').padEnd(width)}  ${mark}${subject}${message}\n`;
    })
    .join('');
}

/** The problems with their number below them; nothing at all when there are none. */
export function describeProblems(file: string, problems: readonly Problem[]): string {
  if (problems.length === 0) return '';
  const warnings = problems.filter(({ severity }) => severity === 'warning').length;
  const errors = problems.length - warnings;
  const numbers = [
    ...(errors === 0 ? [] : [count(errors, 'problem')]),
    ...(warnings === 0 ? [] : [count(warnings, 'warning')]),
  ];
  return `${formatProblems(file, problems)}${numbers.join(', ')}\n`;
}

/** An option's path for people, `mail.to[1]`; keys that are no plain words are quoted. */
export function formatPath(path: OptionPath): string {
  let text = '';
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else text += `${text === '' ? '' : '.'}${/^[\w-]{1,60}$/.test(part) ? part : quoteValue(part)}`;
  }
  return text;
}

const LONGEST_QUOTE = 60;
/** Characters that draw nothing, or that reorder what a terminal draws. */
const INVISIBLE = /[\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g;

/** A value from the file for a message: bounded, on one line, and unable to play tricks on a terminal. */
export function quoteValue(value: unknown): string {
  if (Array.isArray(value)) return quoteList(value);
  if (typeof value === 'object' && value !== null) return 'a section';
  if (typeof value !== 'string') return String(value);
  const characters = [...value.slice(0, 2 * LONGEST_QUOTE + 2)];
  const short =
    characters.length <= LONGEST_QUOTE ? value : `${characters.slice(0, LONGEST_QUOTE).join('')}…`;
  return JSON.stringify(short).replace(INVISIBLE, escapeCharacter);
}

const LONGEST_LIST = 4;

function quoteList(list: readonly unknown[]): string {
  if (list.length === 0) return 'an empty list';
  const isShort = list.length <= LONGEST_LIST && list.every((item) => typeof item !== 'object');
  return isShort ? `[${list.map(quoteValue).join(', ')}]` : 'a list';
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
