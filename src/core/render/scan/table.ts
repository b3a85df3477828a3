import { coverageGaps, errorText, gapLabel, nothingKnownText } from '../../coverage.ts';
import type { HostView } from '../../inventory.ts';
import { formatSum } from '../../rules/size-limit.ts';
import type { Severity } from '../../severity.ts';
import { WORST_FIRST } from '../../severity.ts';
import { countExcepted, countTroubles } from '../../trouble.ts';
import { count, formatAge } from '../../units.ts';
import { type AgentView, sortedHosts, totals, vmRows } from '../../view.ts';
import { formatInstant } from '../instant-text.ts';
import { displayWidth, padTo, plainText, shorten } from '../plain-text.ts';
import { MARKS } from './marks.ts';
import { type ScanRow, scanRows } from './rows.ts';

/** Colours a word of the table; the identity when colours are off. */
export type Paint = (severity: Severity, text: string) => string;

/** A report that was captured earlier is shown, instead of a host that was read just now. */
export type Replay = 'replay' | 'live';

const NAME_LENGTH = 40;
const DEEPEST_INDENT = 8;

/** The scan as people read it: hosts and how they were read, the table, and last what was not looked at. */
export function scanTable(view: AgentView, paint: Paint, replay: Replay = 'live'): string {
  const table = tableLines(scanRows(view), paint);
  const parts = [hostLines(view, replay), ...(table.length === 0 ? [] : [table]), [summaryLine(view)]];
  return `${parts.map((lines) => lines.join('\n')).join('\n\n')}\n`;
}

/** Each host, and how it was read. */
export function hostLines(view: AgentView, replay: Replay): readonly string[] {
  const hosts = sortedHosts(view.inventory);
  const width = Math.max(0, ...hosts.map(({ host }) => plainText(host).length));
  return hosts.map((host) => `${padTo(plainText(host.host), width)}  ${hostLine(host, view, replay)}`);
}

function hostLine(host: HostView, view: AgentView, replay: Replay): string {
  const error = host.attempt?.error ?? null;
  if (error !== null || host.reading === null) {
    const why = error === null ? 'not tried yet' : plainText(errorText(error));
    const last =
      host.reading === null
        ? 'Nothing is known about its VMs.'
        : `Last good scan ${formatAge(Math.max(0, view.now - host.reading.readAt))} ago.`;
    return `NOT READ: ${why}. ${last}`;
  }
  const rows = vmRows({ ...view, inventory: { ...view.inventory, hosts: [host] } });
  const sum = totals(rows);
  const checkpoints = `${sum.allListed ? '' : 'at least '}${count(sum.checkpoints, 'checkpoint')}`;
  return [
    replay === 'replay'
      ? `as captured ${formatInstant(host.reading.readAt, null)}`
      : `read in ${(host.reading.durationMs / 1000).toFixed(1)} s`,
    count(sum.vms, 'VM'),
    sum.checkpoints === 0 ? checkpoints : `${checkpoints} on ${count(sum.vmsWithCheckpoints, 'VM')}`,
    sum.avhdx.bytes === null && sum.avhdx.atLeastBytes === 0
      ? 'AVHDX not measured'
      : `${formatSum(sum.avhdx)} in AVHDX`,
  ].join(' · ');
}

const HEADINGS = ['', 'VM', 'HOST', 'CHECKPOINT', 'KIND', 'AGE', 'LAYER', 'DEPTH', 'WHY'] as const;

function tableLines(rows: readonly ScanRow[], paint: Paint): readonly string[] {
  if (rows.length === 0) return [];
  const cells = rows.map(rowCells);
  const widths = HEADINGS.map((heading, column) =>
    cells.reduce((width, line) => Math.max(width, displayWidth(line[column] ?? '')), heading.length),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) => padTo(text, column === 0 ? 4 : (widths[column] ?? 0)))
      .join('  ')
      .trimEnd();
  return [
    line(HEADINGS),
    ...rows.map((row, index) => {
      const text = line(cells[index] ?? []);
      const { mark } = row;
      return mark === null || mark === 'excepted' ? text : paint(mark, text.slice(0, 4)) + text.slice(4);
    }),
  ];
}

function rowCells(row: ScanRow): readonly string[] {
  const branch = row.indent === 0 ? '' : `${'  '.repeat(Math.min(row.indent, DEEPEST_INDENT) - 1)}└ `;
  return [
    row.mark === null ? '' : MARKS[row.mark],
    row.host === '' ? '' : `${plainText(row.vm, NAME_LENGTH)}${row.vmSuffix}`,
    plainText(row.host, NAME_LENGTH),
    shorten(`${branch}${plainText(row.checkpoint, NAME_LENGTH)}`, NAME_LENGTH + 2 * DEEPEST_INDENT),
    row.kind,
    row.age,
    row.layer,
    row.depth,
    plainText(row.why),
  ];
}

/** The last line: how bad it is, what exceptions cover, and what was not looked at. */
export function summaryLine(view: AgentView): string {
  const counts = countTroubles(view.findings);
  const troubles = WORST_FIRST.filter((severity) => counts[severity] > 0).map(
    (severity) => `${counts[severity]} ${severity}`,
  );
  const excepted = countExcepted(view.findings);
  const exceptedTexts = excepted === 0 ? [] : [`${excepted} excepted`];
  const found = [...troubles, ...exceptedTexts].join(', ');
  const nothingKnown = nothingKnownText(view);
  if (nothingKnown !== null) return `${plainText(nothingKnown)}.${found === '' ? '' : ` ${found}.`}`;
  const unseen = notLookedAt(view);
  const vms = `on ${count(vmRows(view).length, 'VM')}`;
  const nothing = unseen === null ? `Nothing found ${vms}` : `Nothing found in what was looked at ${vms}`;
  const summary = troubles.length === 0 ? [nothing, ...exceptedTexts].join(', ') : `${found} ${vms}`;
  return `${summary}. ${unseen ?? 'Everything was looked at.'}`;
}

/** A sentence about what was not looked at; `null` when there is nothing to say. */
export function notLookedAt(view: AgentView): string | null {
  const gaps = coverageGaps(view);
  return gaps.length === 0
    ? null
    : `Not looked at: ${gaps.map((gap) => plainText(gapLabel(gap))).join('; ')}.`;
}
