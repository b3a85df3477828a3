import { z } from 'zod';

/**
 * The report as the script `inventory` writes it, `capture` keeps it and `scan --from-file` reads it: one JSON document.
 *
 * Times are UTC ISO 8601, sizes are bytes, enumerations are numbers or `{c: number, n: name}`, and `null` is "not known":
 * - `vms`: `null` when the VMs could not be listed; why is among `errors`;
 * - `vms[].disks`, `vms[].checkpoints`, `vms[].checkpoints[].disks`: `null` when they were not read, `[]` when there are none;
 * - `vms[].guest`: `null` when the guest does not say what it is;
 * - `volumes`: what holds a disk; `null` sizes without an `error` are those of a file share;
 * - `files[].via`: `get-vhd` means the parent is known (`parent: null` is a base disk), `stat` that only the folder was asked;
 * - `errors` of the host and of VMs, `error` of files and volumes: a code of core/collect-error.ts, what the other side said, what it concerns.
 *
 * Only the frame is checked as a whole. Each VM, checkpoint, disk, file and volume is checked by itself, so that a bad one loses no
 * other. `vms[].guest` and `volumes` may be missing: the first scripts did not look at them. Additional fields are ignored: `jobs`,
 * `events` and `orphanCandidates` have their place and no content yet.
 */
export const REPORT_KIND = 'hyperv.inventory';
export const REPORT_SCHEMA = 1;

/** The longest path that Windows knows. */
const MAX_PATH_LENGTH = 32_767;

const guid = z
  .string()
  .regex(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/, 'expected a lower-case GUID');
const instant = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,7})?Z$/, 'expected a UTC time');
const bytes = z.int().nonnegative();
const namedCode = z.object({ c: z.int(), n: z.string() });

export const wireError = z.object({
  code: z.string(),
  detail: z.string().nullish(),
  target: z.string().nullish(),
});

export const wireDisk = z
  .object({
    slot: z.string().regex(/^[A-Za-z]{2,10}:\d{1,3}:\d{1,3}$/, 'expected a slot such as SCSI:0:0'),
    kind: z.enum(['vhd', 'vhdset', 'passthrough', 'empty']),
    path: z.string().max(MAX_PATH_LENGTH).nullable(),
    shared: z.boolean(),
  })
  .refine(({ kind, path }) => (kind !== 'vhd' && kind !== 'vhdset') || (path !== null && path !== ''), {
    path: ['path'],
    error: 'expected the path of the file',
  });

export const wireCheckpoint = z.object({
  id: guid,
  name: z.string(),
  type: namedCode.nullable(),
  parentId: guid.nullable(),
  /** Set when the parent could not be read: then `parentId: null` does not mean a root. */
  parentUnknown: z.boolean().optional(),
  createdAt: instant.nullable(),
  hasMemory: z.boolean().nullable(),
  auto: z.boolean().nullable(),
  notes: z.string().nullable(),
  systemBytes: bytes.nullable(),
  disks: z.array(z.unknown()).nullable(),
});

export const wireVm = z.object({
  id: guid,
  name: z.string(),
  state: namedCode.nullable(),
  op: z.array(z.int()),
  checkpointType: z.int().nullable(),
  autoCheckpoints: z.boolean().nullable(),
  generation: z.int().nullable(),
  isClustered: z.boolean().nullable(),
  replicationMode: z.int().nullable(),
  parentCheckpointId: guid.nullable(),
  parentUnknown: z.boolean().optional(),
  notes: z.string().nullable(),
  guest: z.object({ productType: z.number() }).nullish().catch(null),
  disks: z.array(z.unknown()).nullable(),
  checkpoints: z.array(z.unknown()).nullable(),
  errors: z.array(wireError),
});

export const wireFile = z.object({
  path: z.string().min(1).max(MAX_PATH_LENGTH),
  type: z.int().nullable(),
  fileBytes: bytes.nullable(),
  virtualBytes: bytes.nullable(),
  parent: z.string().max(MAX_PATH_LENGTH).nullable(),
  lastWrite: instant.nullable(),
  via: z.enum(['get-vhd', 'stat']),
  error: wireError.nullable(),
});

export const wireVolume = z.object({
  root: z.string().min(1).max(MAX_PATH_LENGTH),
  /** `\\?\Volume{GUID}\`, by which it is told that two roots are one volume. */
  volumePath: z.string().max(MAX_PATH_LENGTH).nullish(),
  fileSystem: z.string().nullable(),
  totalBytes: bytes.nullable(),
  freeBytes: bytes.nullable(),
  error: wireError.nullable(),
});

export const wireReport = z.object({
  startedAt: instant,
  finishedAt: instant,
  collector: z.object({
    ps: z.string().nullable(),
    edition: z.string().nullable(),
    languageMode: z.string().nullable(),
    module: z.string().nullable(),
    elevated: z.boolean().nullable(),
    timings: z.record(z.string(), z.number().nonnegative()),
  }),
  host: z.object({
    name: z.string(),
    fqdn: z.string().nullable(),
    osBuild: z.int().nullable(),
    utcNow: instant,
    tz: z.string().nullable(),
    utcOffsetMin: z.int().nullable(),
    cluster: z.object({ id: z.string().nullable(), name: z.string(), node: z.string() }).nullable(),
    visibleVms: z.int().nullable(),
    hintedVms: z.int().nullable(),
  }),
  vms: z.array(z.unknown()).nullable(),
  files: z.array(z.unknown()),
  volumes: z.array(z.unknown()).catch([]),
  errors: z.array(wireError),
});

export type WireError = z.output<typeof wireError>;
export type WireDisk = z.output<typeof wireDisk>;
export type WireCheckpoint = z.output<typeof wireCheckpoint>;
export type WireVm = z.output<typeof wireVm>;
export type WireFile = z.output<typeof wireFile>;
export type WireVolume = z.output<typeof wireVolume>;
export type WireReport = z.output<typeof wireReport>;

/** The first thing wrong with a record, with where it is: `checkpoints[2].id: expected a lower-case GUID`. */
export function firstProblem(error: z.ZodError, at = ''): string {
  const issue = error.issues[0];
  if (issue === undefined) return at;
  const path = issue.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return `${`${at}${path}`.replace(/^\./, '')}: ${issue.message}`;
}
