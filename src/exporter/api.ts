import { errorInfo } from '../core/collect-error.ts';
import { coverageGaps, gapText } from '../core/coverage.ts';
import type { HostView } from '../core/inventory.ts';
import type { Instant } from '../core/model.ts';
import { findingJson } from '../core/render/scan/json.ts';
import { compareFindings, countBySeverity } from '../core/trouble.ts';
import { type AgentView, sortedHosts, totals, vmRows } from '../core/view.ts';

/** How the agent and its hosts are. camelCase, UTC ISO times, integer bytes, `null` for unknown. */
export function statusJson(view: AgentView | null, version: string): unknown {
  return {
    schema: 1,
    kind: 'hyperv.status',
    version,
    scannedAt: view === null ? null : iso(view.inventory.at),
    scanIntervalSeconds: view === null ? null : view.scanIntervalMs / 1000,
    findings: view === null ? null : countBySeverity(view.findings),
    hosts: view === null ? null : sortedHosts(view.inventory).map((host) => hostJson(host, view)),
    notLookedAt: view === null ? null : notLookedAt(view),
  };
}

/** Every open finding, worst first, and what was not looked at: an empty list alone would not mean that all is well. */
export function findingsJson(view: AgentView): unknown {
  return {
    schema: 1,
    kind: 'hyperv.findings',
    scannedAt: iso(view.inventory.at),
    findings: view.findings.toSorted(compareFindings).map(findingJson),
    notLookedAt: notLookedAt(view),
  };
}

function notLookedAt(view: AgentView): unknown {
  return coverageGaps(view).map((gap) => ({
    type: gap.type,
    host: gap.host,
    vm: gap.vm,
    text: gapText(gap, view.now),
    codes: gap.errors.map(({ code }) => code),
  }));
}

function hostJson(host: HostView, view: AgentView): unknown {
  const { attempt, reading } = host;
  const sum = totals(vmRows({ ...view, findings: [], inventory: { ...view.inventory, hosts: [host] } }));
  const error = attempt?.error ?? null;
  return {
    host: host.host,
    readOk: attempt === null ? null : error === null,
    error:
      error === null
        ? null
        : { ...error, meaning: errorInfo(error.code).meaning, advice: errorInfo(error.code).advice },
    lastAttemptAt: iso(attempt?.at ?? null),
    lastGoodAt: iso(reading?.readAt ?? null),
    durationMs: attempt?.durationMs ?? null,
    vms: reading === null ? null : sum.vms,
    checkpoints: reading === null || !sum.allListed ? null : sum.checkpoints,
    avhdxBytes: reading === null ? null : sum.avhdx.bytes,
  };
}

function iso(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}
