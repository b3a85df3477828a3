import { displayWidth, padTo } from '../plain-text.ts';
import type { Block, Fact, FactLine, TableRow } from './body.ts';

const WIDTH = 100;

/** The text part of a mail. Lines of prose are wrapped, what is to be pasted is not. Ends with a line feed. */
export function mailText(blocks: readonly Block[]): string {
  return `${blocks.map(blockText).join('\n\n')}\n`;
}

function blockText(block: Block): string {
  switch (block.type) {
    case 'lead':
      return wrap(block.mark === '' ? block.text : `${block.mark}: ${block.text}`, WIDTH).join('\n');
    case 'note':
      return wrap(block.text, WIDTH).join('\n');
    case 'facts':
      return factLines(block.facts).join('\n');
    case 'table':
      return tableLines(block.headings, block.rows).join('\n');
  }
}

function factLines(facts: readonly Fact[]): readonly string[] {
  const labelWidth = Math.max(...facts.map(({ label }) => label.length)) + 2;
  return facts.flatMap(({ label, lines }) =>
    lines
      .flatMap((line) => factText(line, WIDTH - labelWidth - 2))
      .map((text, index) => `  ${padTo(index === 0 ? label : '', labelWidth)}${text}`),
  );
}

function factText({ text, isVerbatim }: FactLine, width: number): readonly string[] {
  return isVerbatim ? [text] : wrap(text, width);
}

function tableLines(headings: readonly string[], rows: readonly TableRow[]): readonly string[] {
  const widths = headings.map((heading, column) =>
    rows.reduce((width, { cells }) => Math.max(width, displayWidth(cells[column] ?? '')), heading.length),
  );
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, column) => padTo(cell, widths[column] ?? 0)).join('  ')}`.trimEnd();
  return [line(headings), ...rows.map(({ cells }) => line(cells))];
}

/** Breaks at blanks; a word that is longer than a line stands alone. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (line !== '' && displayWidth(longer) > width) {
      lines.push(line);
      line = word;
    } else line = longer;
  }
  return [...lines, line];
}
