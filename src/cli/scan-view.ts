import { styleText } from 'node:util';
import { coverageGaps } from '../core/coverage.ts';
import { activeFindings } from '../core/finding.ts';
import type { HostView, Inventory } from '../core/inventory.ts';
import { judgedView } from '../core/judged-view.ts';
import type { Instant } from '../core/model.ts';
import type { Policy } from '../core/policy/compile.ts';
import { scanCsv } from '../core/render/scan/csv.ts';
import { scanJson } from '../core/render/scan/json.ts';
import { notLookedAt, type Paint, type Replay, scanTable } from '../core/render/scan/table.ts';
import { scanTrees } from '../core/render/scan/trees.ts';
import { compareSeverity, type Severity } from '../core/severity.ts';
import type { AgentView } from '../core/view.ts';
import { compileNamePatterns, matchesAny } from '../core/wildcard.ts';
import type { CliIo } from './io.ts';
import { wantsColour } from './wants-colour.ts';

/** Patterns of VM names and host names to show; none shows all. */
export interface ScanFilter {
  readonly vm: readonly string[];
  readonly host: readonly string[];
}

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
 * Exit codes: 4 a finding as severe as `failOn`; else 1 when a host was not read, nothing matches, or, with `failOn`,
 * such a finding may hide in what was not looked at; else 0.
 */
export function showScan(scanned: Scanned, options: ScanOptions, io: CliIo): number {
  const view = narrow(judgedView(scanned.inventory, scanned), options);
  if (tellNothingMatches(view, options, io)) return 1;
  io.stdout.write(render({ view, replay: scanned.replay }, options, io));
  // There is no place for it in the table itself.
  const unseen = options.format === 'csv' ? notLookedAt(view) : null;
  if (unseen !== null) io.stderr.write(`${unseen}\n`);
  return exitCode(view, options.failOn);
}

/** Says so when nothing was asked for that is there. @returns whether there is nothing to show */
export function tellNothingMatches(view: AgentView, options: ScanFilter, io: CliIo): boolean {
  if (options.vm.length > 0 && view.inventory.hosts.every((host) => host.vms.length === 0)) {
    io.stderr.write(
      `No VM matches ${options.vm.map((pattern) => `"${pattern}"`).join(' or ')} on what was read.\n`,
    );
    // What was not read may hold it: the hosts are shown all the same.
    if (view.inventory.hosts.every((host) => host.attempt?.error == null)) return true;
  }
  if (view.inventory.hosts.length === 0) {
    io.stderr.write(`No host matches ${options.host.map((pattern) => `"${pattern}"`).join(' or ')}.\n`);
    return true;
  }
  return false;
}

/** As `showScan` ends with, for what is shown. */
export function exitCode(view: AgentView, failOn: Severity | null): number {
  if (
    failOn !== null &&
    activeFindings(view.findings).some(({ severity }) => compareSeverity(severity, failOn) >= 0)
  )
    return 4;
  if (view.inventory.hosts.some(({ attempt }) => attempt?.error != null)) return 1;
  return failOn !== null && coverageGaps(view).some(({ isBlind }) => isBlind) ? 1 : 0;
}

/** The part of a view that was asked for. */
export function narrow(view: AgentView, { vm, host }: ScanFilter): AgentView {
  const isMeant = compileNamePatterns(vm);
  const hosts = view.inventory.hosts
    .filter((each) => matchesAny(host, each.host))
    .map((each): HostView => ({ ...each, vms: each.vms.filter((one) => isMeant(one.vm)) }));
  const names = new Set(hosts.map((each) => each.host));
  const findings = view.findings.filter(
    (finding) => names.has(finding.host) && (finding.vm === null ? vm.length === 0 : isMeant(finding.vm)),
  );
  return { ...view, inventory: { ...view.inventory, hosts }, findings };
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
