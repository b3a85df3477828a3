import { plainText } from '../plain-text.ts';

/** What is said under one label, a line each; without lines it is left out. */
export interface Row {
  readonly label: string;
  readonly lines: readonly string[];
}

/** Longer labels stand all the same. */
const LABEL_WIDTH = 12;
/** Names are shortened where they are put in; this bounds whatever was not. */
const LINE_LENGTH = 2000;

/** Rows below a heading: labels in one column, lines in another. Lines are cleaned here, once for all of them. */
export function section(heading: string, rows: readonly Row[]): string {
  const margin = ' '.repeat(LABEL_WIDTH + 4);
  const lines = rows.flatMap(({ label, lines: [first, ...more] }) =>
    first === undefined
      ? []
      : [
          `  ${label.padEnd(LABEL_WIDTH)}  ${plainText(first, LINE_LENGTH)}`,
          ...more.map((line) => `${margin}${plainText(line, LINE_LENGTH)}`),
        ],
  );
  return [plainText(heading, LINE_LENGTH), ...lines].map((line) => `${line}\n`).join('');
}

export function row(label: string, ...lines: readonly string[]): Row {
  return { label, lines };
}
