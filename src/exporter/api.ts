import { errorInfo } from '../core/collect-error.ts';
import { nothingKnownText } from '../core/coverage.ts';
import { exceptedFindings, findingKey } from '../core/finding.ts';
import { shortIds } from '../core/finding-id.ts';
import type { HostView } from '../core/inventory.ts';
import type { Instant } from '../core/model.ts';
import { findingJson, gapsJson, isoJson } from '../core/render/scan/json.ts';
import { compareFindings, countBySeverity, countExcepted, countTroubles } from '../core/trouble.ts';
import { type AgentView, sortedHosts, totals, vmRows } from '../core/view.ts';
import { sha256 } from './sha256.ts';

/** What the status says of the agent itself. */
export interface AgentFacts {
  readonly version: string;
  /** When it began to serve. */
  readonly startedAt: Instant;
}

/**
 * How the agent and its hosts are. camelCase, UTC ISO times, integer bytes, `null` for unknown. `findings` counts
 * findings, one for each rule and thing; `things` counts what is wrong, each checkpoint, VM or host once at its worst,
 * as the page and the mails do. In both `excepted` is apart from the severities; a thing of which a part only is
 * excepted counts twice. `domainControllers` are the VMs whose guest said so, and when last. Both counts are `null` while no host was ever read and nothing is found: that is not zero.
 */
export function statusJson(view: AgentView | null, { version, startedAt }: AgentFacts): unknown {
  const isUnknown = view === null || (view.findings.length === 0 && nothingKnownText(view) !== null);
  return {
    schema: 1,
    kind: 'hyperv.status',
    version,
    startedAt: isoJson(startedAt),
    scannedAt: view === null ? null : isoJson(view.inventory.at),
    scanIntervalSeconds: view === null ? null : view.scanIntervalMs / 1000,
    findings: isUnknown
      ? null
      : { ...countBySeverity(view.findings), excepted: exceptedFindings(view.findings).length },
    things: isUnknown ? null : { ...countTroubles(view.findings), excepted: countExcepted(view.findings) },
    hosts: view === null ? null : sortedHosts(view.inventory).map((host) => hostJson(host, view)),
    domainControllers:
      view === null
        ? null
        : [...view.memory.guests].map(([vmId, { seenAt }]) => ({ vmId, seenAt: isoJson(seenAt) })),
    notLookedAt: view === null ? null : gapsJson(view),
  };
}

/**
 * Every finding with the id that `explain` takes, worst first, excepted ones last, and what was not looked at: an empty
 * list alone would not mean that all is well.
 */
export function findingsJson(view: AgentView): unknown {
  const ids = shortIds(view.findings, sha256);
  return {
    schema: 1,
    kind: 'hyperv.findings',
    scannedAt: isoJson(view.inventory.at),
    findings: view.findings.toSorted(compareFindings).map((finding) => ({
      id: ids.get(findingKey(finding)) ?? null,
      ...findingJson(finding),
    })),
    notLookedAt: gapsJson(view),
  };
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
    lastAttemptAt: isoJson(attempt?.at ?? null),
    lastGoodAt: isoJson(reading?.readAt ?? null),
    durationMs: attempt?.durationMs ?? null,
    vms: reading === null ? null : sum.vms,
    checkpoints: reading === null || !sum.allListed ? null : sum.checkpoints,
    avhdxBytes: reading === null ? null : sum.avhdx.bytes,
  };
}
