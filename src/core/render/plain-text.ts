/** Controls of C0 and C1, line and paragraph separators, and the characters that turn the direction of text around. */
const UNPRINTABLE =
  /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2069\ufeff]+/g;

/** A name or text from outside, fit for one line of a terminal, a mail or a log: no controls, bounded, well-formed. */
export function plainText(text: string, maxLength = 200): string {
  const line = text.toWellFormed().replace(UNPRINTABLE, ' ').trim();
  return shorten(line, maxLength);
}

/** Cuts to a number of characters, the last of them an ellipsis, and never through one. */
export function shorten(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const characters = [...text];
  return characters.length <= maxLength ? text : `${characters.slice(0, maxLength - 1).join('')}…`;
}

/** How many columns of a terminal a text fills: wide characters two, combining ones none. An estimate. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) {
    if (/\p{Mark}|\u200d|[\ufe00-\ufe0f]/u.test(character)) continue;
    width +=
      /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u.test(
        character,
      )
        ? 2
        : 1;
  }
  return width;
}

/** Pads with blanks on the right to a number of columns. */
export function padTo(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)));
}
