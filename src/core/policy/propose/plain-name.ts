import { CHECKPOINT_KINDS } from '../../model.ts';
import { SEVERITIES } from '../../severity.ts';
import { MAX_PATTERN_LENGTH } from '../../wildcard.ts';
import { KIND_PRESETS } from '../presets.ts';

/** Controls, characters that draw nothing or turn text around, and those that YAML or Unicode does not allow in text. */
const NOT_PLAIN =
  /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\uffff]/;

/** Whether a text can be written into a file so that people read what is there. */
export function isPlain(text: string, maxLength: number): boolean {
  return text.length <= maxLength && text.trim() !== '' && text.isWellFormed() && !NOT_PLAIN.test(text);
}

/** Whether a name can be a pattern that means this name and no other. */
export function isPlainPattern(name: string): boolean {
  return isPlain(name, MAX_PATTERN_LENGTH) && !/[*?]/.test(name);
}

/** The pattern for a thing: its name where that is plain and nothing else has it, else its id; `null` when neither can be written. */
export function patternOf(
  { id, name }: { readonly id: string; readonly name: string },
  isShared: boolean,
): string | null {
  if (!isShared && isPlainPattern(name)) return name;
  return isPlainPattern(id) ? id : null;
}

const LONGEST_KIND = 32;
const TAKEN: ReadonlySet<string> = new Set([
  ...CHECKPOINT_KINDS,
  ...SEVERITIES,
  ...KIND_PRESETS.map(({ name }) => name),
]);

/** A name for a kind, made of the words of a pattern, that no other kind has. */
export function kindNameOf(words: string, others: ReadonlySet<string>): string {
  const slug = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, LONGEST_KIND)
    .replace(/-+$/, '');
  const base = slug === '' ? 'kind' : slug;
  const isFree = (name: string): boolean => !TAKEN.has(name) && !others.has(name);
  if (slug !== '' && isFree(base)) return base;
  for (let number = slug === '' ? 1 : 2; ; number++) {
    const name = `${base}-${number}`;
    if (isFree(name)) return name;
  }
}
