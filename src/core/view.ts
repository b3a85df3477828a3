import { addSums, type ByteSum } from './byte-sum.ts';
import { activeFindings, type Finding } from './finding.ts';
import type { HostView, Inventory, VmView } from './inventory.ts';
import { ageMs } from './inventory.ts';
import type { Checkpoint, HostReading, Instant, Vm } from './model.ts';
import type { Policy } from './policy/compile.ts';
import type { PolicyMemory } from './policy/memory.ts';
import type { Severity } from './severity.ts';
import { worstSeverity } from './severity.ts';

/** Everything the outputs show, taken at one moment. Metrics, page, API, check, scan and mail are made from one of these. */
export interface AgentView {
  readonly inventory: Inventory;
  /** Every finding, those that an exception covers among them, in any order. */
  readonly findings: readonly Finding[];
  /** What the findings were judged by. */
  readonly policy: Policy;
  /** What was known from earlier scans. */
  readonly memory: PolicyMemory;
  /** The agent's clock at the moment of showing: ages are measured up to it. */
  readonly now: Instant;
  /** The time between two scheduled scans; what is older than three of them is too old. */
  readonly scanIntervalMs: number;
}

/** One VM with all that an output says about it in a row. */
export interface VmRow {
  readonly host: HostView;
  readonly vm: Vm;
  readonly view: VmView;
  /** In the order given. */
  readonly findings: readonly Finding[];
  readonly worst: Severity | null;
  /** `null` when the checkpoints were not read: that is not "none". */
  readonly checkpointCount: number | null;
  /** Age of the oldest user checkpoint; `null` when there is none, or when its time is unknown. */
  readonly oldestUserAgeMs: number | null;
  /** All AVHDX bytes of the VM. Unknown when its disks were not read. */
  readonly avhdx: ByteSum;
  readonly depth: number | null;
}

/** Sums over all rows; a sum with an unknown part is unknown. */
export interface Totals {
  readonly vms: number;
  readonly vmsWithCheckpoints: number;
  /** Checkpoints that were seen. */
  readonly checkpoints: number;
  /** Whether the checkpoints of every VM were read. */
  readonly allListed: boolean;
  readonly avhdx: ByteSum;
  readonly oldestUserAgeMs: number | null;
}

/** Scans older than this many intervals are too old. */
const MAX_AGE_INTERVALS = 3;

/** The age from which on a reading is too old to rely on, unless somebody says otherwise. */
export function maxReadingAgeMs({ scanIntervalMs }: AgentView): number {
  return MAX_AGE_INTERVALS * scanIntervalMs;
}

/** How old the reading of a host is, when that is too old though no attempt failed: nothing was tried. Otherwise `null`. */
export function overdueAgeMs({ attempt, reading }: HostView, now: Instant, maxAgeMs: number): number | null {
  if (attempt?.error != null || reading === null) return null;
  const age = now - reading.readAt;
  return age > maxAgeMs ? age : null;
}

/** A row for each VM of each host, by host, then name, then id; whatever the order of input. */
export function vmRows(view: AgentView): readonly VmRow[] {
  const byVm = Map.groupBy(
    view.findings.filter((finding) => finding.vm !== null),
    (finding) => vmKey(finding.host, finding.vm?.id ?? ''),
  );
  return sortedHosts(view.inventory).flatMap((host) =>
    sortedVms(host).map((vmView) => {
      const findings = byVm.get(vmKey(host.host, vmView.vm.id)) ?? [];
      return vmRow(host, vmView, findings, view.now);
    }),
  );
}

/** Hosts by name. */
export function sortedHosts(inventory: Inventory): readonly HostView[] {
  return inventory.hosts.toSorted((a, b) => compareText(a.host, b.host));
}

/** VMs of a host by name, then id. */
export function sortedVms({ vms }: HostView): readonly VmView[] {
  const known = sortedOf.get(vms);
  if (known !== undefined) return known;
  const sorted = vms.toSorted((a, b) => compareText(a.vm.name, b.vm.name) || compareText(a.vm.id, b.vm.id));
  sortedOf.set(vms, sorted);
  return sorted;
}

/** The VMs of a host never change, and every output asks for them. */
const sortedOf = new WeakMap<readonly VmView[], readonly VmView[]>();

/** Adds rows up. */
export function totals(rows: readonly VmRow[]): Totals {
  const ages = rows.flatMap((row) => row.oldestUserAgeMs ?? []);
  return {
    vms: rows.length,
    vmsWithCheckpoints: rows.filter((row) => (row.checkpointCount ?? 0) > 0).length,
    checkpoints: rows.reduce((sum, row) => sum + (row.checkpointCount ?? 0), 0),
    allListed: rows.every((row) => row.checkpointCount !== null),
    avhdx: addSums(rows.map((row) => row.avhdx)),
    oldestUserAgeMs: ages.reduce<number | null>((oldest, age) => Math.max(oldest ?? 0, age), null),
  };
}

/**
 * What stands behind the name of a VM wherever names are shown: the beginning of its id, such as ` (8d7821ef)`, where
 * another VM has the same name, else nothing.
 */
export function nameSuffixes({ hosts }: Inventory): (vm: Pick<Vm, 'id' | 'name'>) => string {
  const idOf = new Map<string, string>();
  const shared = new Set<string>();
  for (const { vm } of hosts.flatMap(({ vms }) => vms)) {
    const name = vm.name.toLowerCase();
    const other = idOf.get(name);
    if (other === undefined) idOf.set(name, vm.id);
    else if (other !== vm.id) shared.add(name);
  }
  return ({ id, name }) =>
    shared.has(name.toLowerCase()) ? ` (${id.slice(0, 8).replace(/[^\w-]/g, '?')})` : '';
}

/** Order by code units: the same on every machine, whatever its language. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One VM as one host sees it: the same id may appear on two hosts. */
export function vmKey(host: string, vmId: string): string {
  return `${host}\n${vmId}`;
}

/** All AVHDX bytes of a VM; without its disks and checkpoints nothing is known about them. */
export function avhdxOf({ vm, chain }: VmView): ByteSum {
  const isListed = vm.disks !== null && vm.checkpoints !== null;
  return isListed ? chain.total : { bytes: null, atLeastBytes: chain.total.atLeastBytes };
}

function vmRow(host: HostView, view: VmView, findings: readonly Finding[], now: Instant): VmRow {
  const { vm } = view;
  return {
    host,
    vm,
    view,
    findings,
    worst: worstSeverity(activeFindings(findings).map((finding) => finding.severity)),
    checkpointCount: vm.checkpoints?.length ?? null,
    oldestUserAgeMs: host.reading === null ? null : oldestUserAgeMs(vm, host.reading, now),
    avhdx: avhdxOf(view),
    depth: view.chain.depth,
  };
}

/** Whether it is judged as a user's: also one of a kind that this agent does not know. */
export function isUsers({ kind }: Checkpoint): boolean {
  return kind === 'user' || kind === 'unknown';
}

function oldestUserAgeMs(vm: Vm, reading: HostReading, now: Instant): number | null {
  let oldest: number | null = null;
  for (const checkpoint of vm.checkpoints ?? []) {
    const age = isUsers(checkpoint) ? ageMs(reading, checkpoint.createdAt, now) : null;
    if (age !== null) oldest = Math.max(oldest ?? 0, age);
  }
  return oldest;
}
