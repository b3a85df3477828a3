import { createHash } from 'node:crypto';
import { z } from 'zod';

/** The written form of a scenario: what one pretended Hyper-V host holds, and what goes wrong on it. README.md explains it. */
const guid = z.string().regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, 'a lower-case GUID');
const instant = z.iso.datetime();
const bytes = z.int().nonnegative();
const slot = z.string().regex(/^(IDE|SCSI|PMEM):\d+:\d+$/, 'a slot such as SCSI:0:0');
/** A member of a .NET enum by name, or a bare number for a value that the enum does not know. */
const enumValue = z.union([z.string(), z.int()]);

export const FAULT_KINDS = [
  'AccessDenied',
  'ObjectNotFound',
  'ObjectInUse',
  'Corrupt',
  'ParentMissing',
  'ParentMismatch',
  'ParentAccessDenied',
  'ChainCycle',
  'OperationFailed',
] as const;

const fault = z.strictObject({
  /** A cmdlet (`Get-VHD`) or a property (`VirtualMachine.Notes`). */
  at: z.string(),
  kind: z.enum(FAULT_KINDS).default('OperationFailed'),
  /**
   * `terminate` aborts the whole call, `empty` makes it answer nothing at all, `omit` leaves the machine out when several
   * are asked for, `hang` never returns.
   */
  effect: z.enum(['error', 'terminate', 'empty', 'omit', 'hang']).default('error'),
  vm: guid.nullable().default(null),
  checkpoint: guid.nullable().default(null),
  path: z.string().nullable().default(null),
  /** How many matching uses go well before the fault shows. */
  after: z.int().nonnegative().default(0),
  /** Whether the error record names the object it is about. */
  target: z.boolean().default(true),
});

const disk = z.strictObject({
  slot,
  path: z.string().nullable(),
  /** Set for a pass-through disk, whose `path` is then the friendly name of the physical disk. */
  diskNumber: z.int().nullable().default(null),
  shared: z.boolean().default(false),
});

const checkpoint = z.strictObject({
  id: guid,
  name: z.string(),
  type: enumValue.default('Standard'),
  automatic: z.boolean().default(false),
  created: instant,
  parent: guid.nullable().default(null),
  /** Whether the memory was saved with it. */
  saved: z.boolean().default(false),
  notes: z.string().default(''),
  systemBytes: bytes.default(52_736),
  path: z.string().nullable().default(null),
  disks: z.array(disk).default([]),
});

const vm = z.strictObject({
  id: guid,
  name: z.string(),
  state: enumValue.default('Running'),
  operationalStatus: z.array(enumValue).min(1).default(['Ok']),
  /** Localised by Hyper-V; by default what the culture of the host says for a healthy VM. */
  status: z.string().nullable().default(null),
  generation: z.int().default(2),
  version: z.string().default('10.0'),
  checkpointType: enumValue.default('Production'),
  automaticCheckpoints: z.boolean().default(false),
  notes: z.string().default(''),
  created: instant.default('2024-01-15T08:00:00Z'),
  path: z.string().nullable().default(null),
  snapshotFolder: z.string().nullable().default(null),
  clustered: z.boolean().default(false),
  replicationMode: enumValue.default('None'),
  replicationState: enumValue.default('Disabled'),
  replicationHealth: enumValue.default('NotApplicable'),
  parentCheckpoint: guid.nullable().default(null),
  /** What the Windows in it says that it is, while it runs: 1 workstation, 2 domain controller, 3 server; `null` is a Linux. */
  productType: z.int().nullable().default(3),
  /** What the guest says of itself, in the XML that Hyper-V hands on; instead of what is made of the rest. */
  guestItems: z.array(z.string()).nullable().default(null),
  disks: z.array(disk).default([]),
  checkpoints: z.array(checkpoint).default([]),
});

const file = z.strictObject({
  path: z.string(),
  /** `null` is a file that is no virtual disk. */
  type: z.enum(['Fixed', 'Dynamic', 'Differencing']).nullable().default('Dynamic'),
  sizeBytes: bytes,
  virtualBytes: bytes.default(0),
  parent: z.string().nullable().default(null),
  modified: instant.nullable().default(null),
  diskId: guid.nullable().default(null),
  attached: z.boolean().default(false),
  /** For a .vhds: the files and checkpoints that Get-VHDSet lists. */
  set: z
    .strictObject({ paths: z.array(z.string()), snapshots: z.array(guid) })
    .nullable()
    .default(null),
});

const volume = z.strictObject({
  root: z.string(),
  label: z.string().default(''),
  fileSystem: z.string().default('NTFS'),
  sizeBytes: bytes,
  freeBytes: bytes,
  id: guid.nullable().default(null),
  health: z.string().default('Healthy'),
  /** False: Get-Volume -FilePath does not find it, as on SMB. */
  found: z.boolean().default(true),
});

const cluster = z.strictObject({
  name: z.string(),
  id: guid,
  nodes: z.array(z.strictObject({ name: z.string(), state: enumValue.default('Up') })),
});

const host = z.strictObject({
  name: z.string().default('HV01'),
  domain: z.string().default('corp.example'),
  utcNow: instant.default('2026-03-02T09:00:00Z'),
  /** `running` lets the clock advance with real time from `utcNow`. */
  clock: z.enum(['fixed', 'running']).default('fixed'),
  timeZone: z.string().default('Europe/Berlin'),
  culture: z.string().default('en-US'),
  osCaption: z.string().default('Microsoft Windows Server 2022 Datacenter'),
  osBuild: z.int().default(20348),
  /** False: a host that knows neither IsAutomaticCheckpoint nor AutomaticCheckpointsEnabled. */
  automaticCheckpointProperties: z.boolean().default(true),
  /** What Get-VHD gives as ParentPath of a disk that has no parent: builds differ. */
  baseParentPath: z.enum(['']).nullable().default(''),
  vmms: z.enum(['Running', 'Stopped', 'Missing']).default('Running'),
  /** `none`: the VMs are there, but this account does not see them. */
  visibility: z.enum(['all', 'none']).default('all'),
  missingModules: z.array(z.enum(['Hyper-V', 'Storage', 'FailoverClusters', 'CimCmdlets'])).default([]),
  virtualHardDiskPath: z.string().default('C:\\VMs'),
  virtualMachinePath: z.string().default('C:\\VMs'),
  cluster: cluster.nullable().default(null),
});

export const scenarioSchema = z.strictObject({
  title: z.string(),
  host: host.prefault({}),
  volumes: z
    .array(volume)
    .default([volume.parse({ root: 'C:\\', sizeBytes: 2_199_023_255_552, freeBytes: 879_609_302_220 })]),
  files: z.array(file).default([]),
  vms: z.array(vm).default([]),
  faults: z.array(fault).default([]),
  /** Milliseconds that every use of a cmdlet takes. */
  delays: z.record(z.string(), z.int().nonnegative()).default({}),
  /** Additional CIM instances: namespace, class, instances. They replace what is derived from the rest. */
  cim: z.record(z.string(), z.record(z.string(), z.array(z.record(z.string(), z.unknown())))).default({}),
});

/** As written in a file: what has a default may be left out. */
export type Scenario = z.input<typeof scenarioSchema>;
/** With every default in place, as the PowerShell side reads it. */
export type FullScenario = Readonly<z.output<typeof scenarioSchema>>;
export type FaultKind = (typeof FAULT_KINDS)[number];

const HEALTHY_STATUS: Readonly<Record<string, string>> = {
  de: 'Normaler Betrieb',
  en: 'Operating normally',
};

/** Checks a scenario and fills in everything that has a default. */
export function completeScenario(written: unknown): FullScenario {
  const scenario = scenarioSchema.parse(written);
  const { host } = scenario;
  const healthy = HEALTHY_STATUS[host.culture.slice(0, 2)] ?? 'Operating normally';
  const parents = new Map(scenario.files.map((f) => [pathKey(f.path), f.parent]));
  return {
    ...scenario,
    volumes: scenario.volumes.map((v) => ({ ...v, id: v.id ?? guidOf(`volume ${pathKey(v.root)}`) })),
    files: scenario.files.map((f) => ({
      ...f,
      modified: f.modified ?? host.utcNow,
      // A child carries the disk id of its parent, so all files of a chain share one.
      diskId: f.diskId ?? guidOf(`disk ${rootOf(f.path, parents)}`),
    })),
    vms: scenario.vms.map((m) => {
      const path = m.path ?? `${host.virtualMachinePath}\\${m.id}`;
      return {
        ...m,
        path,
        status: m.status ?? healthy,
        snapshotFolder: m.snapshotFolder ?? path,
        checkpoints: m.checkpoints.map((c) => ({ ...c, path: c.path ?? path })),
      };
    }),
  };
}

/** How the stand-in compares Windows paths. */
export function pathKey(path: string): string {
  const plain = path
    .replaceAll('/', '\\')
    .replace(/^\\\\\?\\UNC\\/i, '\\\\')
    .replace(/^\\\\\?\\(?=[a-z]:)/i, '');
  return plain.toLowerCase();
}

/** A GUID that is the same for the same text, on every machine. */
export function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

function rootOf(path: string, parents: ReadonlyMap<string, string | null>): string {
  let key = pathKey(path);
  const seen = new Set<string>();
  for (;;) {
    const parent = parents.get(key) ?? null;
    if (parent === null || seen.has(key)) return key;
    seen.add(key);
    key = pathKey(parent);
  }
}
