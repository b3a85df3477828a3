import type { ByteSum } from '../../byte-sum.ts';
import { coverageGaps, gapText, overdueHosts } from '../../coverage.ts';
import type { Finding } from '../../finding.ts';
import { ageMs, type HostView } from '../../inventory.ts';
import type { Instant } from '../../model.ts';
import { checkpointOwner, vmFacts } from '../../policy/vm-facts.ts';
import { type AgentView, sortedHosts, type VmRow, vmRows } from '../../view.ts';

/** The scan as data: camelCase, UTC ISO times, integer bytes, `null` for unknown. */
export function scanJson(view: AgentView): unknown {
  const rows = vmRows(view);
  return {
    schema: 1,
    kind: 'hyperv.scan',
    at: isoJson(view.now),
    hosts: sortedHosts(view.inventory).map((host) => hostJson(host)),
    vms: rows.map((row) => vmJson(row, view)),
    findings: view.findings.map(findingJson),
    notLookedAt: gapsJson(view),
  };
}

/** A finding as every JSON output shows it. */
export function findingJson(finding: Finding): object {
  const { sinceAt, exception } = finding;
  return {
    ...finding,
    sinceAt: isoJson(sinceAt),
    exception: exception === null ? null : { ...exception, untilAt: isoJson(exception.untilAt) },
  };
}

/** What was not looked at, or too long ago, as every JSON output shows it. */
export function gapsJson(view: AgentView): unknown {
  const overdue = overdueHosts(view).map((each) => ({ type: 'overdue', vm: null, ...each, codes: [] }));
  const gaps = coverageGaps(view).map((gap) => ({
    type: gap.type,
    host: gap.host,
    vm: gap.vm,
    text: gapText(gap, view.now),
    codes: gap.errors.map(({ code }) => code),
  }));
  return [...overdue, ...gaps];
}

/** A time as every JSON output shows it; `null` stays unknown. */
export function isoJson(at: Instant | null): string | null {
  return at === null ? null : new Date(at).toISOString();
}

function hostJson({ host, attempt, reading, vms }: HostView): unknown {
  return {
    host,
    readOk: attempt !== null && attempt.error === null,
    error: attempt?.error ?? null,
    lastGoodAt: isoJson(reading?.readAt ?? null),
    durationMs: reading?.durationMs ?? null,
    vms: reading === null ? null : vms.length,
    facts: reading?.facts ?? null,
  };
}

function vmJson({ host, vm, view, avhdx, depth }: VmRow, shown: AgentView): unknown {
  const facts = vmFacts(vm, shown);
  return {
    id: vm.id,
    name: vm.name,
    host: host.host,
    state: vm.state.name,
    tags: facts.tags,
    owner: facts.owner,
    guestRole: facts.role,
    avhdx: bytesJson(avhdx),
    unattributed: bytesJson(view.chain.unattributed),
    chainDepth: depth,
    checkpoints:
      vm.checkpoints?.map((checkpoint) => {
        const links = view.chain.checkpoints.get(checkpoint.id);
        const age = host.reading === null ? null : ageMs(host.reading, checkpoint.createdAt, shown.now);
        return {
          id: checkpoint.id,
          name: checkpoint.name,
          kind: checkpoint.kind,
          owner: checkpointOwner(checkpoint, facts),
          parentId: checkpoint.parentId,
          createdAt: isoJson(checkpoint.createdAt),
          ageSeconds: age === null ? null : Math.floor(age / 1000),
          hasMemory: checkpoint.hasMemory,
          layer: links === undefined ? bytesJson({ bytes: null, atLeastBytes: 0 }) : bytesJson(links.layer),
          since: links?.since == null ? null : bytesJson(links.since),
          onDelete: links?.onDelete ?? null,
        };
      }) ?? null,
    errors: [...vm.errors, ...view.chain.errors],
  };
}

function bytesJson({ bytes, atLeastBytes }: ByteSum): unknown {
  return { bytes, atLeastBytes };
}
