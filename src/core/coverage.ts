import type { CollectError, ErrorCode } from './collect-error.ts';
import { errorInfo } from './collect-error.ts';
import type { VmRef } from './finding.ts';
import { type HostView, isVmComplete, type VmView } from './inventory.ts';
import type { Instant } from './model.ts';
import { count, formatAge } from './units.ts';
import { type AgentView, maxReadingAgeMs, overdueAgeMs, sortedHosts, sortedVms } from './view.ts';

/** Something that was not looked at. Silence about it would read as "all is well". */
export interface Gap {
  /** A whole host; some of what a host says; a VM or its checkpoints; some file sizes of a VM. */
  readonly type: 'host' | 'host-part' | 'vm' | 'sizes';
  readonly host: string;
  readonly vm: VmRef | null;
  /** Why; empty only for a host that was not tried yet. */
  readonly errors: readonly CollectError[];
  /** Whether trouble could hide there. Not so for what ends by itself while ages and counts are known all the same. */
  readonly isBlind: boolean;
  /** The last good reading of the host, on the agent's clock; `null` when there never was one. */
  readonly lastGoodAt: Instant | null;
  /** VMs known from that reading, for gaps that are a whole host. */
  readonly vmCount: number | null;
}

/**
 * The errors that leave nothing unjudged: they are notes, not gaps. A checkpoint from the future is none of them: when
 * the clock was set back, all of them seem young.
 */
const JUDGED_ANYWAY: ReadonlySet<ErrorCode> = new Set(['TYPE_UNKNOWN', 'FACT_FAILED']);

/** What a VM in motion or at work brings with it until the next scan, and what no scan can measure: said, but no reason to doubt the rest. */
const HARMLESS: ReadonlySet<ErrorCode> = new Set([
  'BUSY_SKIPPED',
  'VM_GONE',
  'VM_MIGRATING',
  'CHECKPOINT_GONE',
  'VHDSET_UNMEASURED',
]);

/** Everything that was not looked at: hosts first, then VMs, by name. */
export function coverageGaps(view: Pick<AgentView, 'inventory'>): readonly Gap[] {
  const hosts = sortedHosts(view.inventory);
  return [
    ...hosts.flatMap(hostGaps),
    ...hosts.flatMap((host) => sortedVms(host).flatMap((vm) => vmGaps(host, vm))),
  ];
}

/** A host that nobody has tried to read for too long. */
export interface Overdue {
  readonly host: string;
  /** A sentence without a full stop. */
  readonly text: string;
}

/** Hosts of which nothing says that they cannot be read, and of which all is old: the schedule has stopped. By name. */
export function overdueHosts(view: AgentView): readonly Overdue[] {
  return sortedHosts(view.inventory).flatMap((host) => {
    const age = overdueAgeMs(host, view.now, maxReadingAgeMs(view));
    if (age === null) return [];
    return [{ host: host.host, text: `${host.host}: scanned ${formatAge(age)} ago: too old to rely on` }];
  });
}

/** Says that no host was ever read, as in `Nothing is known: hv01 was not read`; `null` where something is known. */
export function nothingKnownText({ inventory }: AgentView): string | null {
  const names = sortedHosts(inventory).map(({ host }) => host);
  if (names.length === 0 || inventory.hosts.some(({ reading }) => reading !== null)) return null;
  const who = names.length > 3 ? `none of ${names.length} hosts was` : names.join(', ');
  const were = names.length > 3 ? '' : names.length === 1 ? ' was not' : ' were not';
  return `Nothing is known: ${who}${were} read`;
}

/** What to do about a gap, each advice once. */
export function gapAdvice({ errors }: Gap): readonly string[] {
  return [...new Set(errors.map(({ code }) => errorInfo(code).advice))].filter((advice) => advice !== '');
}

/** VMs of the host that were not read wholly, those of which only disks were not measured among them. */
export function countIncompleteVms(host: HostView): number {
  return new Set(host.vms.flatMap((view) => (vmGaps(host, view).length > 0 ? view.vm.id : []))).size;
}

/** One gap as a sentence without a full stop, such as `hv03: not read: access denied; last good scan 2h 10m ago`. */
export function gapText(gap: Gap, now: Instant): string {
  const why = [...new Set(gap.errors.map(errorText))].join('; ');
  switch (gap.type) {
    case 'host':
      return `${gap.host}: not read: ${why === '' ? 'the first scan has not ended yet' : why}; ${lastGood(gap, now)}`;
    case 'host-part':
      return `${gap.host}: partly read: ${why}`;
    case 'vm':
      return `${gap.vm?.name ?? ''} on ${gap.host}: not wholly read: ${why}`;
    case 'sizes':
      return `${gap.vm?.name ?? ''} on ${gap.host}: ${unmeasured(gap)} not measured: ${why}`;
  }
}

/** One gap in a few words for a list, such as `hv03 (38 VMs last time)`. */
export function gapLabel(gap: Gap): string {
  switch (gap.type) {
    case 'host':
      return gap.vmCount === null ? gap.host : `${gap.host} (${count(gap.vmCount, 'VM')} last time)`;
    case 'host-part':
      return `part of ${gap.host}`;
    case 'vm':
      return `part of ${gap.vm?.name ?? ''}`;
    case 'sizes':
      return `${unmeasured(gap)} of ${gap.vm?.name ?? ''}`;
  }
}

/** How many files it is about; a VM may also say of all of its disks that they were left alone. */
function unmeasured({ errors }: Gap): string {
  const files = errors.filter(({ target }) => target !== null).length;
  return files === 0 ? 'disks' : count(files, 'disk file');
}

/** What an error means, with what the other side said. */
export function errorText({ code, detail }: CollectError): string {
  const { meaning } = errorInfo(code);
  return detail === null || detail === '' ? meaning : `${meaning} (${detail})`;
}

function lastGood({ lastGoodAt }: Gap, now: Instant): string {
  return lastGoodAt === null
    ? 'never read so far'
    : `last good scan ${formatAge(Math.max(0, now - lastGoodAt))} ago`;
}

function hostGaps(host: HostView): readonly Gap[] {
  const lastGoodAt = host.reading?.readAt ?? null;
  const base = { host: host.host, vm: null, isBlind: true, lastGoodAt };
  const error = host.attempt?.error ?? null;
  if (error !== null || host.reading === null) {
    const vmCount = host.reading === null ? null : host.vms.length;
    return [{ ...base, type: 'host', errors: error === null ? [] : [error], vmCount }];
  }
  const errors = host.reading.errors.filter(({ code }) => !JUDGED_ANYWAY.has(code));
  if (errors.length === 0) return [];
  const isBlind = !errors.every(({ code }) => HARMLESS.has(code));
  return [{ ...base, type: 'host-part', errors, isBlind, vmCount: null }];
}

function vmGaps(host: HostView, view: VmView): readonly Gap[] {
  const { vm, chain } = view;
  // Nearly all of them.
  if (isVmComplete(view) && isMeasured(chain)) return [];
  const base = {
    host: host.host,
    vm: { id: vm.id, name: vm.name },
    lastGoodAt: host.reading?.readAt ?? null,
    vmCount: null,
  };
  const vmErrors = [...vm.errors, ...unlisted(vm)].filter(
    (error) => !isSizeError(error) && !JUDGED_ANYWAY.has(error.code),
  );
  const ofFiles = [...chain.errors, ...[...whyUnknown(chain), ...vm.errors].filter(isSizeError)];
  const isSaid = vmErrors.length + ofFiles.length > 0 || isMeasured(chain);
  const sizeErrors = distinct(isSaid ? ofFiles : unsaid(chain));
  return [
    { ...base, type: 'vm' as const, errors: vmErrors },
    { ...base, type: 'sizes' as const, errors: sizeErrors },
  ].flatMap((gap) =>
    gap.errors.length === 0
      ? []
      : [{ ...gap, isBlind: vm.checkpoints === null || !gap.errors.every(({ code }) => HARMLESS.has(code)) }],
  );
}

/** Layers may be unknown for reasons that no single file tells. */
function whyUnknown(chain: VmView['chain']): readonly CollectError[] {
  return [...chain.checkpoints.values()].flatMap((checkpoint) => checkpoint.whyUnknown ?? []);
}

function isMeasured({ checkpoints, total }: VmView['chain']): boolean {
  for (const { whyUnknown } of checkpoints.values()) if (whyUnknown !== null) return false;
  return total.bytes !== null;
}

/** Sizes that nobody explains are not known all the same. */
function unsaid(chain: VmView['chain']): readonly CollectError[] {
  const known = whyUnknown(chain);
  return known.length > 0 ? known : [{ code: 'NOT_REPORTED', detail: null, target: null }];
}

function distinct(errors: readonly CollectError[]): readonly CollectError[] {
  return [
    ...new Map(errors.map((error) => [`${error.code}|${error.target ?? ''}`.toLowerCase(), error])).values(),
  ];
}

function isSizeError({ code }: CollectError): boolean {
  return errorInfo(code).scope === 'file' || code === 'BUSY_SKIPPED';
}

/** What is missing without an error that says so. */
export function unlisted(vm: VmView['vm']): readonly CollectError[] {
  const missing: CollectError[] = [];
  const codes = new Set(vm.errors.map(({ code }) => code));
  if (vm.checkpoints === null && !codes.has('SNAPSHOT_ENUM_FAILED')) {
    missing.push({ code: 'SNAPSHOT_ENUM_FAILED', detail: null, target: null });
  }
  if (vm.disks === null && !codes.has('DISKS_FAILED') && !codes.has('BUSY_SKIPPED')) {
    missing.push({ code: 'DISKS_FAILED', detail: null, target: null });
  }
  return missing;
}
