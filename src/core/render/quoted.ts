import { plainText } from './plain-text.ts';

/** A name from outside within a sentence, cut so that the sentence can still be read: `"before patch"`. */
export function quoted(name: string): string {
  return `"${plainText(name, 40)}"`;
}
