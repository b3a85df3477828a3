import { attribute } from '../src/core/chain.ts';
import type { CollectError } from '../src/core/collect-error.ts';
import type { Finding } from '../src/core/finding.ts';
import { findingKey } from '../src/core/finding.ts';
import type { HostView, Inventory } from '../src/core/inventory.ts';
import type { Checkpoint, Disk, DiskFile, HostReading, Instant, Vm, Volume } from '../src/core/model.ts';
import { pathKey } from '../src/core/model.ts';
import { NO_MEMORY } from '../src/core/policy/memory.ts';
import { DAY_MS, GIB, HOUR_MS, MINUTE_MS } from '../src/core/units.ts';
import type { AgentView } from '../src/core/view.ts';
import { DEFAULT_POLICY } from './policy.ts';

/** The moment at which things are looked at, unless a test says otherwise. */
export const NOW: Instant = Date.UTC(2026, 10, 20, 10, 30);

/** A checkpoint on the way to becoming part of a VM: a link of its one chain. */
export interface CheckpointSpec extends Partial<Omit<Checkpoint, 'disks' | 'parentId'>> {
  readonly name: string;
  readonly ageMs?: number;
  /** Size of the file written after it; `null` could not be read. */
  readonly layerBytes?: number | null;
}

export interface VmSpec extends Partial<Omit<Vm, 'checkpoints'>> {
  readonly name: string;
  /** From the oldest to the newest, each the parent of the next; `null` were not read. */
  readonly checkpoints?: readonly CheckpointSpec[] | null;
}

export interface HostSpec {
  readonly host?: string;
  readonly vms?: readonly VmSpec[];
  readonly readAt?: Instant;
  readonly volumes?: readonly Volume[];
  /** Failures within a reading that succeeded. */
  readonly errors?: readonly CollectError[];
  /** The latest attempt failed; the VMs come from the reading before. */
  readonly failed?: CollectError;
  /** It was never read. */
  readonly unread?: boolean;
  /** The host's clock minus the agent's. */
  readonly clockOffsetMs?: number;
}

/** A stable GUID made of a name. */
export function guid(name: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const character of name) {
    hash = ((hash ^ BigInt(character.codePointAt(0) ?? 0)) * 0x100000001b3n) % 2n ** 64n;
  }
  const hex = hash.toString(16).padStart(16, '0');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8000-${hex.slice(0, 12)}`;
}

/** A VM with one disk, whose chain of AVHDX files follows its chain of checkpoints. */
export function vm(spec: VmSpec): { readonly vm: Vm; readonly files: readonly DiskFile[] } {
  const folder = `C:\\VMs\\${guid(spec.name)}`;
  const links = spec.checkpoints ?? [];
  const paths = [`${folder}\\disk.vhdx`, ...links.map((_, index) => `${folder}\\disk_${index}.avhdx`)];
  const disk = (path: string): Disk => ({ slot: 'SCSI:0:0', kind: 'vhd', path, shared: false });
  const checkpoints = links.map(({ ageMs, layerBytes: _, ...link }, index): Checkpoint => {
    const parent = links[index - 1];
    return {
      id: guid(`${spec.name}/${link.name}/${index}`),
      type: { code: 2, name: 'Standard' },
      kind: 'user',
      parentId: parent === undefined ? null : (parent.id ?? guid(`${spec.name}/${parent.name}/${index - 1}`)),
      createdAt: NOW - (ageMs ?? DAY_MS),
      hasMemory: false,
      notes: null,
      systemBytes: null,
      disks: [disk(paths[index] ?? '')],
      ...link,
    };
  });
  const { checkpoints: given, ...rest } = spec;
  return {
    vm: {
      id: guid(spec.name),
      state: { code: 2, name: 'Running' },
      operationalStatus: [2],
      replicationMode: 'none',
      generation: 2,
      isClustered: false,
      checkpointType: 3,
      automaticCheckpoints: false,
      guestProductType: null,
      notes: null,
      parentCheckpointId: checkpoints.at(-1)?.id ?? null,
      disks: [disk(paths.at(-1) ?? '')],
      checkpoints: given === null ? null : checkpoints,
      errors: [],
      ...rest,
    },
    files: paths.map((path, index) => file(path, paths[index - 1] ?? null, links[index - 1])),
  };
}

function file(path: string, parent: string | null, link: CheckpointSpec | undefined): DiskFile {
  const fileBytes = link === undefined ? 40 * GIB : link.layerBytes === undefined ? GIB : link.layerBytes;
  const error: CollectError = { code: 'VHD_IN_USE', detail: null, target: path };
  return {
    path,
    type: parent === null ? 'fixed' : 'differencing',
    fileBytes,
    virtualBytes: 40 * GIB,
    parent: { known: true, path: parent },
    lastWriteAt: null,
    error: fileBytes === null ? error : null,
  };
}

/** A host as the agent knows it. Read a minute ago, unless the spec says otherwise. */
export function host(spec: HostSpec = {}): HostView {
  const name = spec.host ?? 'hv01';
  const readAt = spec.readAt ?? NOW - MINUTE_MS;
  const built = (spec.vms ?? []).map(vm);
  const files = built.flatMap((each) => each.files);
  const reading: HostReading = {
    status: 'read',
    host: name,
    readAt,
    hostClockAt: readAt + (spec.clockOffsetMs ?? 0),
    durationMs: 4100,
    facts: {
      name: name.toUpperCase(),
      fqdn: null,
      osBuild: 20348,
      timeZone: 'W. Europe Standard Time',
      utcOffsetMin: 60,
      cluster: null,
      hintedVms: null,
    },
    collector: {
      powershell: '5.1.20348.2849',
      edition: 'Desktop',
      languageMode: 'FullLanguage',
      elevated: true,
      module: '2.0.0.0',
      timingsMs: {},
    },
    vms: built.map((each) => each.vm),
    files,
    volumes: spec.volumes ?? [],
    errors: spec.errors ?? [],
  };
  const byKey = new Map(files.map((each) => [pathKey(each.path), each]));
  const failed = spec.failed ?? null;
  const isRead = spec.unread !== true;
  return {
    host: name,
    attempt:
      isRead || failed !== null
        ? { at: failed === null ? readAt : NOW - MINUTE_MS, durationMs: 4100, error: failed }
        : null,
    reading: isRead ? reading : null,
    vms: isRead ? built.map((each) => ({ vm: each.vm, chain: attribute(each.vm, byKey) })) : [],
    unreadSince: failed === null && isRead ? null : readAt,
  };
}

export function inventory(...hosts: readonly HostSpec[]): Inventory {
  return { at: NOW - MINUTE_MS, hosts: hosts.map(host) };
}

/** What the outputs are made from, scanned every 15 minutes. */
export function view(hosts: readonly HostSpec[], findings: readonly Finding[] = [], now = NOW): AgentView {
  return {
    inventory: inventory(...hosts),
    findings,
    policy: DEFAULT_POLICY,
    memory: NO_MEMORY,
    now,
    scanIntervalMs: 15 * MINUTE_MS,
  };
}

/** A finding about a checkpoint of a VM made by `vm()`, by its place in the chain, or about the VM itself. */
export function finding(
  about:
    | { readonly vm: string; readonly checkpoint?: string; readonly index?: number }
    | { readonly host: string },
  more: Partial<Finding> = {},
): Finding {
  const isHost = 'host' in about;
  const vmRef = isHost ? null : { id: guid(about.vm), name: about.vm };
  const checkpoint =
    isHost || about.checkpoint === undefined
      ? null
      : {
          id: guid(`${about.vm}/${about.checkpoint}/${about.index ?? 0}`),
          name: about.checkpoint,
          kind: 'user' as const,
        };
  const subject = isHost
    ? `host:${about.host}`
    : checkpoint === null
      ? `vm:${vmRef?.id}`
      : `checkpoint:${vmRef?.id}/${checkpoint.id}`;
  return {
    rule: isHost ? 'host-unreachable' : checkpoint === null ? 'checkpoint-count' : 'checkpoint-age',
    subject,
    severity: 'warning',
    host: isHost ? about.host : 'hv01',
    vm: vmRef,
    checkpoint,
    sinceAt: NOW - HOUR_MS,
    value: null,
    threshold: null,
    reason: 'older than 3d',
    message: `${findingKey({ rule: 'checkpoint-age', subject })} is over its limit.`,
    advice: 'Delete it when it is no longer needed.',
    owner: null,
    exception: null,
    ...more,
  };
}
