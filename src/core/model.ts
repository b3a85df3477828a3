import type { CollectError } from './collect-error.ts';

/** Milliseconds since the Unix epoch, UTC. Core code is handed one; it never reads a clock. */
export type Instant = number;

/** Every kind of checkpoint that Hyper-V itself tells apart, in the order outputs list them. */
export const CHECKPOINT_KINDS = [
  'user',
  'automatic',
  'backup',
  'replica',
  'planned',
  'missing',
  'unknown',
] as const;
export type BuiltInKind = (typeof CHECKPOINT_KINDS)[number];

/** One of Hyper-V's own kinds, or the name of one that the configuration defines. */
export type CheckpointKind = string;

/** An enumeration value as Hyper-V gave it: the number decides, the name is for people. */
export interface NamedCode {
  readonly code: number;
  readonly name: string;
}

/** The code of a state or type that was not read; Hyper-V has none below 0. */
export const UNREAD_CODE = -1;

export type DiskKind = 'vhd' | 'vhdset' | 'passthrough' | 'empty';

/** A drive of a VM or of a checkpoint. `slot` is `SCSI:0:0`: controller type, number, location. */
export interface Disk {
  readonly slot: string;
  readonly kind: DiskKind;
  /** The virtual disk's file; `null` for empty slots, and for pass-through disks, whose "path" is no file. */
  readonly path: string | null;
  readonly shared: boolean;
}

/** A checkpoint as its host listed it. `null` always means "not known". */
export interface Checkpoint {
  readonly id: string;
  readonly name: string;
  readonly type: NamedCode;
  readonly kind: CheckpointKind;
  readonly parentId: string | null;
  /** On the host's clock. */
  readonly createdAt: Instant | null;
  readonly hasMemory: boolean | null;
  readonly notes: string | null;
  /** Configuration and saved state, without any AVHDX. */
  readonly systemBytes: number | null;
  /** The disks it references: the files that were current when it was taken. `null` when they were not read. */
  readonly disks: readonly Disk[] | null;
}

export type ReplicationMode = 'none' | 'primary' | 'replica' | 'test-replica' | 'extended-replica';

export interface Vm {
  readonly id: string;
  readonly name: string;
  readonly state: NamedCode;
  readonly operationalStatus: readonly number[];
  readonly replicationMode: ReplicationMode | null;
  readonly generation: number | null;
  readonly isClustered: boolean | null;
  /** VMCheckpointType: 2 disabled, 3 production, 4 production only, 5 standard. */
  readonly checkpointType: number | null;
  readonly automaticCheckpoints: boolean | null;
  /**
   * What the guest's Windows says it is: 1 workstation, 2 domain controller, 3 server (wProductType of OSVERSIONINFOEX).
   * From the data exchange of the integration services (ProductType of Msvm_KvpExchangeComponent), so only of a running
   * Windows, and only its own word. `null` for every other guest.
   */
  readonly guestProductType: number | null;
  readonly notes: string | null;
  /** The checkpoint that the running state descends from. */
  readonly parentCheckpointId: string | null;
  /** `null` when they were not read. */
  readonly disks: readonly Disk[] | null;
  /** `null` when they were not read: that is not "none". */
  readonly checkpoints: readonly Checkpoint[] | null;
  /** What went wrong while this VM was read. Anything here makes the VM's reading incomplete. */
  readonly errors: readonly CollectError[];
}

/** Where a virtual disk file's data continues: nowhere (a base disk), in a parent, or not known. */
export type ParentLink =
  | { readonly known: true; readonly path: string | null }
  | { readonly known: false; readonly path: null };

export type DiskFileType = 'fixed' | 'dynamic' | 'differencing' | 'unknown';

/** A virtual disk file on a chain. Paths are as the host gave them; compare with `pathKey`. */
export interface DiskFile {
  readonly path: string;
  readonly type: DiskFileType;
  /** Length on disk; `null` when it could not be read. */
  readonly fileBytes: number | null;
  readonly virtualBytes: number | null;
  readonly parent: ParentLink;
  readonly lastWriteAt: Instant | null;
  readonly error: CollectError | null;
}

/** A volume that holds virtual disks, and the space on it. */
export interface Volume {
  /**
   * The beginning of every path on it: `C:\`, `C:\ClusterStorage\Volume1\`, `\\?\Volume{GUID}\` or `\\server\share\`.
   * A volume mounted in another folder does not show in a path: what lies there counts for the volume of the folder.
   */
  readonly root: string;
  readonly fileSystem: string | null;
  /** `null` when not known, as for every file share. */
  readonly totalBytes: number | null;
  readonly freeBytes: number | null;
  /** Why it is not known, where it could be. It makes no reading incomplete. */
  readonly error: CollectError | null;
}

/** Facts about the host itself; display and diagnosis only. */
export interface HostFacts {
  readonly name: string;
  readonly fqdn: string | null;
  readonly osBuild: number | null;
  readonly timeZone: string | null;
  readonly utcOffsetMin: number | null;
  readonly cluster: { readonly id: string | null; readonly name: string; readonly node: string } | null;
  /** How many VMs the host evidently runs, told by something other than the Hyper-V module. */
  readonly hintedVms: number | null;
}

/** How the reading was made; `timingsMs` by stage. */
export interface CollectorFacts {
  readonly powershell: string | null;
  readonly edition: string | null;
  readonly languageMode: string | null;
  readonly elevated: boolean | null;
  readonly module: string | null;
  readonly timingsMs: Readonly<Record<string, number>>;
}

/** A host was read, perhaps not wholly: see the errors of host, VMs and files. */
export interface HostReading {
  readonly status: 'read';
  /** The host's lower-cased name in the configuration: its identity. */
  readonly host: string;
  /** On the agent's clock, the moment the reading was complete. */
  readonly readAt: Instant;
  /** On the host's clock, the same moment. Ages are measured on this clock. */
  readonly hostClockAt: Instant;
  readonly durationMs: number;
  readonly facts: HostFacts;
  readonly collector: CollectorFacts;
  readonly vms: readonly Vm[];
  readonly files: readonly DiskFile[];
  /** Those that hold a disk of any VM; none from a script that did not look at them yet. */
  readonly volumes: readonly Volume[];
  /** Failures that concern the host as a whole; any of them makes the reading incomplete. */
  readonly errors: readonly CollectError[];
}

/** Nothing is known about the host from this attempt. */
export interface HostFailure {
  readonly status: 'failed';
  readonly host: string;
  /** On the agent's clock. */
  readonly failedAt: Instant;
  readonly durationMs: number;
  readonly error: CollectError;
}

export type HostReport = HostReading | HostFailure;

/** The key under which two spellings of a path are one file: case, separators and `\\?\` do not count. */
export function pathKey(path: string): string {
  // As nearly all paths are written, and each is looked up a dozen times a scan: C:\folder\file.
  if (path[1] === ':' && !path.includes('/') && !path.includes('\\\\')) return path.toLowerCase();
  const plain = path.replace(/^\\\\\?\\(?:UNC\\)?/i, (prefix) => (/UNC/i.test(prefix) ? '\\\\' : ''));
  const unc = /^[\\/]{2}/.test(plain);
  const collapsed = plain.replace(/[\\/]+/g, '\\').toLowerCase();
  return unc ? `\\${collapsed}` : collapsed;
}

const DRIVE = 'c:\\';
const ON_CLUSTER_VOLUME = /^[a-z]:\\clusterstorage\\[^\\]+\\/;

/** The volume that a path lies on: the one with the longest root that begins it. `null` when none is listed. */
export function volumeOf(path: string, volumes: readonly Volume[]): Volume | null {
  const key = pathKey(path);
  let best: Volume | null = null;
  // A cluster shared volume that is not listed must not pass for the drive under which it appears.
  let length = ON_CLUSTER_VOLUME.test(key) ? DRIVE.length : 0;
  for (const volume of volumes) {
    const root = pathKey(volume.root);
    if (root.length <= length || !key.startsWith(root)) continue;
    best = volume;
    length = root.length;
  }
  return best;
}

/** Whether the file holds the writes after a checkpoint, by the only mark Hyper-V gives: its extension. */
export function isAvhd(path: string): boolean {
  return /\.avhdx?$/i.test(path);
}

/** The part of a path after its last separator. */
export function fileName(path: string): string {
  return path.slice(Math.max(path.lastIndexOf('\\'), path.lastIndexOf('/')) + 1);
}
