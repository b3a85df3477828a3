import { styleText } from 'node:util';
import { coverageGaps } from '../core/coverage.ts';
import { activeFindings } from '../core/finding.ts';
import type { Inventory } from '../core/inventory.ts';
import { judgedView } from '../core/judged-view.ts';
import type { Instant } from '../core/model.ts';
import type { Policy } from '../core/policy/compile.ts';
import { scanCsv } from '../core/render/scan/csv.ts';
import { scanJson } from '../core/render/scan/json.ts';
import { notLookedAt, type Paint, type Replay, scanTable } from '../core/render/scan/table.ts';
import { scanTrees } from '../core/render/scan/trees.ts';
import { compareSeverity, type Severity } from '../core/severity.ts';
import type { AgentView } from '../core/view.ts';
import type { CliIo } from './io.ts';
import { type Matched, narrow, type ScanFilter, tellUnmatched } from './scan-filter.ts';
import { wantsColour } from './wants-colour.ts';

export interface ScanOptions extends ScanFilter {
  readonly format: 'table' | 'tree' | 'json' | 'csv';
  readonly failOn: Severity | null;
}

/** What was read, and by which rules it is judged. */
export interface Scanned {
  readonly inventory: Inventory;
  readonly policy: Policy;
  readonly scanIntervalMs: number;
  readonly now: Instant;
  readonly replay: Replay;
}

/**
 * Exit codes: 4 a finding as severe as `failOn`; else 1 when a host was not read, a pattern matches nothing, or, with `failOn`,
 * such a finding may hide in what was not looked at; else 0.
 */
export function showScan(scanned: Scanned, options: ScanOptions, io: CliIo): number {
  const view = narrow(judgedView(scanned.inventory, scanned), options);
  const matched = tellUnmatched(view, options, io);
  if (matched === 'nothing') return 1;
  io.stdout.write(render({ view, replay: scanned.replay }, options, io));
  // There is no place for it in the table itself.
  const unseen = options.format === 'csv' ? notLookedAt(view) : null;
  if (unseen !== null) io.stderr.write(`${unseen}\n`);
  return exitCode(view, options.failOn, matched);
}

/** As `showScan` ends with, for what is shown. */
export function exitCode(view: AgentView, failOn: Severity | null, matched: Matched): number {
  if (
    failOn !== null &&
    activeFindings(view.findings).some(({ severity }) => compareSeverity(severity, failOn) >= 0)
  )
    return 4;
  if (matched !== 'all' || view.inventory.hosts.some(({ attempt }) => attempt?.error != null)) return 1;
  return failOn !== null && coverageGaps(view).some(({ isBlind }) => isBlind) ? 1 : 0;
}

interface Shown {
  readonly view: AgentView;
  readonly replay: Replay;
}

function render({ view, replay }: Shown, { format }: ScanOptions, io: CliIo): string {
  switch (format) {
    case 'json':
      return `${JSON.stringify(scanJson(view), null, 2)}\n`;
    case 'csv':
      return scanCsv(view);
    case 'tree':
      return scanTrees(view, replay);
    case 'table':
      return scanTable(view, painter(io), replay);
  }
}

const COLOURS = { critical: 'red', warning: 'yellow', info: 'cyan' } as const;

/** Severities in their colours, where colours are wanted. */
export function painter(io: CliIo): Paint {
  return wantsColour(io)
    ? (severity, text) => styleText(COLOURS[severity], text, { validateStream: false })
    : (_, text) => text;
}
