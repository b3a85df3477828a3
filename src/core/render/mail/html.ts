import { type Html, html, trustedHtml } from '../html.ts';
import type { Block, Fact, FactLine, TableRow, Tone } from './body.ts';

/** Readable on white and on black; the words say the same, since colours alone do not reach everybody. */
const COLOURS: Readonly<Record<Tone, string>> = {
  critical: '#d1242f',
  warning: '#9a6700',
  info: '#0969da',
  resolved: '#1a7f37',
  plain: '#6e7781',
};

/** The HTML part of a mail: one document, styles inline only, nothing to load. */
export function mailHtml(subject: string, blocks: readonly Block[]): string {
  return html`${trustedHtml('<!doctype html>')}
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${subject}</title>
</head>
<body style="font-family:'Segoe UI',Helvetica,Arial,sans-serif;font-size:14px;line-height:1.45">
${blocks.map(blockHtml)}</body>
</html>
`.markup;
}

function blockHtml(block: Block): Html {
  switch (block.type) {
    case 'lead':
      return leadHtml(block);
    case 'note':
      return html`<p style="margin:12px 0">${block.text}</p>\n`;
    case 'facts':
      return html`<table role="presentation" style="border-collapse:collapse;margin:12px 0">\n${block.facts.map(factHtml)}</table>\n`;
    case 'table':
      return tableHtml(block.headings, block.rows);
  }
}

function leadHtml({ tone, mark, text }: Extract<Block, { type: 'lead' }>): Html {
  const style = `margin:12px 0;padding-left:10px;border-left:4px solid ${COLOURS[tone]};font-size:16px`;
  const word =
    mark === '' ? null : html`<strong style="color:${COLOURS[tone]}">${mark}:</strong>${trustedHtml(' ')}`;
  return html`<p style="${style}">${word}${text}</p>\n`;
}

function factHtml({ label, lines }: Fact): Html {
  return html`<tr><th scope="row" style="text-align:left;vertical-align:top;font-weight:600;padding:2px 14px 2px 0;white-space:nowrap">${label}</th><td style="padding:2px 0;vertical-align:top">${lines.map(
    (line, index) => html`${index === 0 ? null : trustedHtml('<br>\n')}${lineHtml(line)}`,
  )}</td></tr>\n`;
}

function lineHtml({ text, isVerbatim }: FactLine): Html {
  if (!isVerbatim) return html`${text}`;
  if (/^https?:\/\/[^\s"'<>]+$/.test(text)) return html`<a href="${text}">${text}</a>`;
  return html`<code style="font-family:Consolas,Menlo,monospace;font-size:13px">${text}</code>`;
}

const CELL = 'text-align:left;vertical-align:top;padding:3px 12px 3px 0;border-bottom:1px solid #8c959f';

function tableHtml(headings: readonly string[], rows: readonly TableRow[]): Html {
  return html`<table style="border-collapse:collapse;width:100%;margin:12px 0">
<tr>${headings.map((heading) => html`<th scope="col" style="${CELL}">${heading}</th>`)}</tr>
${rows.map(
  ({ tone, cells }) =>
    html`<tr>${cells.map((cell, column) =>
      column === 0
        ? html`<td style="${CELL}"><strong style="color:${COLOURS[tone]}">${cell}</strong></td>`
        : html`<td style="${CELL}">${cell}</td>`,
    )}</tr>\n`,
)}</table>
`;
}
