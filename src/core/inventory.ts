import type { VmChain } from './chain.ts';
import type { CollectError } from './collect-error.ts';
import type { HostReading, Instant, Vm } from './model.ts';
import { vmIdentity } from './rules/subject.ts';

/** How the latest attempt to read a host ended. */
export interface ScanAttempt {
  /** On the agent's clock, the moment the attempt ended. */
  readonly at: Instant;
  readonly durationMs: number;
  /** `null` when the host answered. */
  readonly error: CollectError | null;
}

/** A VM together with where its AVHDX bytes belong. */
export interface VmView {
  readonly vm: Vm;
  readonly chain: VmChain;
}

/** A host as the agent knows it: the latest attempt, and the last good reading, which may be older. */
export interface HostView {
  /** The host's lower-cased name in the configuration. */
  readonly host: string;
  /** `null` before the first attempt in this life of the agent. */
  readonly attempt: ScanAttempt | null;
  /** The last good reading; `null` when there never was one. Stale when `attempt.error` is set. */
  readonly reading: HostReading | null;
  /** The VMs of `reading`, with their chains; empty without a reading. */
  readonly vms: readonly VmView[];
  /** When the agent first failed to read it, or first wanted to; `null` while it is read well. */
  readonly unreadSince: Instant | null;
}

/** All hosts, immutable, replaced as a whole after each scan. Metrics, page, check and mail all show one of these. */
export interface Inventory {
  /** When it was put together, on the agent's clock. */
  readonly at: Instant;
  readonly hosts: readonly HostView[];
}

export const EMPTY_INVENTORY: Inventory = { at: 0, hosts: [] };

/** A VM as its newest reading shows it, and the host of that reading. */
export interface DistinctVm {
  readonly host: HostView;
  readonly view: VmView;
}

/**
 * Every VM once. While a VM moves, two hosts may list it: the host that was read now goes before one whose reading is
 * old, then the newer reading, then the first name. A replica is not its primary, though they may share an id.
 */
export function distinctVms(inventory: Inventory): readonly DistinctVm[] {
  const best = new Map<string, DistinctVm>();
  for (const host of inventory.hosts) {
    for (const view of host.vms) {
      const key = vmIdentity(view.vm);
      const other = best.get(key);
      if (other === undefined || isBetterSource(host, other.host)) best.set(key, { host, view });
    }
  }
  return [...best.values()];
}

function isBetterSource(a: HostView, b: HostView): boolean {
  if (isStale(a) !== isStale(b)) return isStale(b);
  const newerBy = (a.reading?.readAt ?? 0) - (b.reading?.readAt ?? 0);
  return newerBy === 0 ? a.host < b.host : newerBy > 0;
}

/** What the host's clock shows at `now` of the agent's: its own time at the reading, plus the time since. */
export function hostClockAt(reading: HostReading, now: Instant): Instant {
  return reading.hostClockAt + Math.max(0, now - reading.readAt);
}

/** Age on the host's own clock, never negative; `null` when the creation time is unknown. */
export function ageMs(reading: HostReading, createdAt: Instant | null, now: Instant): number | null {
  return createdAt === null ? null : Math.max(0, hostClockAt(reading, now) - createdAt);
}

/** Minutes east of UTC on the host's clock; `null` when that is not known. */
export function utcOffsetOf(host: HostView | undefined): number | null {
  return host?.reading?.facts.utcOffsetMin ?? null;
}

/** Whether what is known of the host comes from an earlier scan than the latest. */
export function isStale(host: HostView): boolean {
  return host.reading !== null && host.attempt?.error != null;
}

/** Whether everything about the VM was read. */
export function isVmComplete({ vm, chain }: VmView): boolean {
  return vm.errors.length === 0 && vm.checkpoints !== null && vm.disks !== null && chain.errors.length === 0;
}
