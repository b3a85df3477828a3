import { attribute } from './chain.ts';
import type { HostView, Inventory, VmView } from './inventory.ts';
import { type DiskFile, type HostReading, type HostReport, type Instant, pathKey, type Vm } from './model.ts';

/** The view of a host before anything was tried. */
export function unreadHost(host: string): HostView {
  return { host, attempt: null, reading: null, vms: [], unreadSince: null };
}

/** The view of a host known from an earlier life of the agent only: no attempt was made yet in this one. */
export function rememberedHost(reading: HostReading): HostView {
  return { host: reading.host, attempt: null, reading, vms: attributeVms(reading), unreadSince: null };
}

/**
 * A host after one more attempt. A reading replaces what was known; a failure keeps the old reading, which is stale
 * from then on.
 */
export function foldReport(previous: HostView, report: HostReport, vms: readonly VmView[]): HostView {
  if (report.status === 'read') {
    const attempt = { at: report.readAt, durationMs: report.durationMs, error: null };
    return { host: previous.host, attempt, reading: report, vms, unreadSince: null };
  }
  return {
    ...previous,
    attempt: { at: report.failedAt, durationMs: report.durationMs, error: report.error },
    // A reading from the future, of a clock that was wrong, must not put off that the host is missed.
    unreadSince: Math.min(
      previous.unreadSince ?? previous.reading?.readAt ?? report.failedAt,
      report.failedAt,
    ),
  };
}

/** Attributes the files of every VM of a reading. */
export function attributeVms(reading: HostReading): readonly VmView[] {
  const files = fileIndex(reading);
  return reading.vms.map((vm) => attributeVm(vm, files));
}

/** The files of a reading by `pathKey`. */
export function fileIndex(reading: HostReading): ReadonlyMap<string, DiskFile> {
  return new Map(reading.files.map((file) => [pathKey(file.path), file]));
}

export function attributeVm(vm: Vm, files: ReadonlyMap<string, DiskFile>): VmView {
  return { vm, chain: attribute(vm, files) };
}

/** Puts hosts together into one inventory, in the order of the configuration. */
export function inventoryOf(hosts: readonly HostView[], now: Instant): Inventory {
  return { at: now, hosts };
}
