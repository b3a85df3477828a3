import { renderPerfdata } from '../nagios/perfdata.ts';
import type { CheckResult } from '../nagios/result.ts';
import { plainText, shorten } from './plain-text.ts';

/** What the first line may have, without its performance data. */
const HEADLINE_LENGTH = 80;
const LINE_LENGTH = 300;

/**
 * A plugin's output by the Monitoring Plugins' guidelines: one line with performance data, then one line for each
 * trouble. Names in it cannot break it: no bars, no control characters, bounded. Ends with a line feed.
 */
export function renderCheck(result: CheckResult): string {
  const { status, maxLines } = result;
  const first = headline(result);
  const { full, note } = result.headline;
  const isCut = full !== null && first !== clean(full, LINE_LENGTH);
  const lines = isCut ? [{ status: null, text: full }, ...result.lines] : result.lines;
  const perfdata = renderPerfdata(result.perfdata);
  const shown = lines.slice(0, maxLines).map((line) => {
    const mark = line.status === null ? '' : `[${line.status}] `;
    const indent = line.text.startsWith('  ') ? '  ' : '';
    return `${mark}${indent}${clean(line.text, LINE_LENGTH)}`;
  });
  const omitted = lines.length - shown.length;
  return [
    `CHECKPOINTS ${status} - ${withNote(first, note, roomOf(result))}${perfdata === '' ? '' : ` | ${perfdata}`}`,
    ...shown,
    ...(omitted > 0 ? [`... and ${omitted} more`] : []),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** What the first line has behind its status. */
function roomOf({ status }: CheckResult): number {
  return HEADLINE_LENGTH - `CHECKPOINTS ${status} - `.length;
}

function withNote(text: string, note: string | null, room: number): string {
  const longer = note === null ? text : `${text}, ${clean(note, LINE_LENGTH)}`;
  return longer.length <= room ? longer : text;
}

/** The longest wordings that fit together; when none do, both parts are cut, but neither is lost. */
function headline(result: CheckResult): string {
  const { first, last } = result.headline;
  const room = roomOf(result);
  const firsts = first.map((text) => clean(text, LINE_LENGTH));
  const lasts = last.length === 0 ? [''] : last.map((text) => `; ${clean(text, LINE_LENGTH)}`);
  for (const head of firsts) {
    const tail = lasts.find((each) => head.length + each.length <= room);
    if (tail !== undefined) return `${head}${tail}`;
  }
  const shortest = firsts.at(-1) ?? '';
  const tail = clean(lasts.at(-1) ?? '', Math.max(Math.floor(room / 2), room - shortest.length));
  return `${clean(shortest, room - tail.length)}${tail}`;
}

function clean(text: string, maxLength: number): string {
  const line = plainText(text, maxLength * 2).replaceAll('|', '/');
  return shortenUnits(line, maxLength);
}

/** Cuts to a number of code units, for fields that count those. */
function shortenUnits(text: string, maxLength: number): string {
  let cut = shorten(text, maxLength);
  for (let n = maxLength - 1; cut.length > maxLength; n--) cut = shorten(text, n);
  return cut;
}
