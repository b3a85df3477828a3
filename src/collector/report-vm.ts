import { type CollectError, collectError } from '../core/collect-error.ts';
import {
  type BuiltInKind,
  type Checkpoint,
  type Disk,
  type Instant,
  type NamedCode,
  type ReplicationMode,
  UNREAD_CODE,
  type Vm,
} from '../core/model.ts';
import { READ_CHARACTERS } from '../core/policy/lifetime/reading.ts';
import { MINUTE_MS } from '../core/units.ts';
import { withTrustedTree } from './checkpoint-tree.ts';
import { invalidRecords, toCollectError } from './report-error.ts';
import {
  firstProblem,
  type WireCheckpoint,
  type WireVm,
  wireCheckpoint,
  wireDisk,
  wireVm,
} from './report-schema.ts';

const MAX_NAME_LENGTH = 1024;
/** One more than is read of them, so that it is seen where they go on. */
const MAX_NOTES_LENGTH = READ_CHARACTERS + 1;
/** Clocks that differ less than this are the clock-skew rule's business, if anybody's. */
const FUTURE_TOLERANCE_MS = 5 * MINUTE_MS;
/** Before Hyper-V existed: what Windows gives for a time it does not know. */
const EARLIEST_MS = Date.UTC(2008, 0, 1);

/** SnapshotType of the Hyper-V module 2.0. 3 and 4 belong to VMs. */
const KINDS: ReadonlyMap<number, BuiltInKind> = new Map([
  [0, 'user'],
  [1, 'backup'],
  [2, 'planned'],
  [5, 'missing'],
  [6, 'replica'],
  [7, 'replica'],
  [8, 'replica'],
]);

/** VMReplicationMode of the Hyper-V module 2.0. */
const REPLICATION_MODES: readonly ReplicationMode[] = [
  'none',
  'primary',
  'replica',
  'test-replica',
  'extended-replica',
];

const UNKNOWN_CODE: NamedCode = { code: UNREAD_CODE, name: 'Unknown' };

export type ReadVm =
  | { readonly ok: true; readonly vm: Vm }
  | { readonly ok: false; readonly error: CollectError };

/**
 * Reads one VM record. Bad checkpoints and disks inside become errors of the VM.
 * @param hostClockAt the host's clock at the moment of the report.
 */
export function readVm(record: unknown, index: number, hostClockAt: Instant): ReadVm {
  const parsed = wireVm.safeParse(record);
  if (!parsed.success) {
    return { ok: false, error: collectError('RECORD_INVALID', firstProblem(parsed.error, `vms[${index}]`)) };
  }
  return { ok: true, vm: withTrustedTree(toVm(parsed.data, hostClockAt), hasUnknownParent(parsed.data)) };
}

/** Also true for checkpoints whose record is bad otherwise. */
function hasUnknownParent(wire: WireVm): boolean {
  return [wire, ...(wire.checkpoints ?? [])].some((node) => Object(node).parentUnknown === true);
}

function toVm(wire: WireVm, hostClockAt: Instant): Vm {
  const problems: CollectError[] = [];
  const disks = readDisks(wire.disks, 'disks', problems);
  const checkpoints =
    wire.checkpoints === null ? null : readCheckpoints(wire.checkpoints, hostClockAt, problems);
  const errors = [...wire.errors.map(toCollectError), ...invalidRecords(problems)];
  return {
    id: wire.id,
    name: wire.name.slice(0, MAX_NAME_LENGTH),
    state: toNamedCode(wire.state),
    operationalStatus: wire.op,
    replicationMode: wire.replicationMode === null ? null : (REPLICATION_MODES[wire.replicationMode] ?? null),
    generation: wire.generation,
    isClustered: wire.isClustered,
    checkpointType: wire.checkpointType,
    automaticCheckpoints: wire.autoCheckpoints,
    guestProductType: toProductType(wire),
    notes: wire.notes === null ? null : wire.notes.slice(0, MAX_NOTES_LENGTH),
    parentCheckpointId: wire.parentCheckpointId,
    disks,
    checkpoints,
    errors: [
      ...errors,
      ...unsaidState(wire, errors),
      ...unsaidType(checkpoints, errors),
      ...unsaidAge(checkpoints, errors),
    ],
  };
}

/** A state that is not known is judged by nobody, so that must be said, if not by the script then here. */
function unsaidState({ state }: WireVm, errors: readonly CollectError[]): readonly CollectError[] {
  return state !== null || isSaid(errors, 'State')
    ? []
    : [collectError('PROP_READ_FAILED', 'State is missing', 'State')];
}

/** The same of a type: a checkpoint of any kind may be behind it. */
function unsaidType(
  checkpoints: readonly Checkpoint[] | null,
  errors: readonly CollectError[],
): readonly CollectError[] {
  const isUnread = checkpoints?.some(({ type }) => type.code === UNREAD_CODE) ?? false;
  return !isUnread || isSaid(errors, 'SnapshotType')
    ? []
    : [collectError('PROP_READ_FAILED', 'SnapshotType is missing', 'SnapshotType')];
}

function isSaid(errors: readonly CollectError[], ...targets: readonly string[]): boolean {
  return errors.some(
    ({ code, target }) => code === 'PROP_READ_FAILED' && (target === null || targets.includes(target)),
  );
}

/** The same of an age. */
function unsaidAge(
  checkpoints: readonly Checkpoint[] | null,
  errors: readonly CollectError[],
): readonly CollectError[] {
  const timeless = checkpoints?.find(({ createdAt }) => createdAt === null);
  if (timeless === undefined || isSaid(errors, 'CreationTime', timeless.name)) return [];
  return [collectError('PROP_READ_FAILED', 'CreationTime is missing', timeless.name)];
}

function readCheckpoints(
  records: readonly unknown[],
  hostClockAt: Instant,
  problems: CollectError[],
): readonly Checkpoint[] {
  const checkpoints = new Map<string, Checkpoint>();
  for (const [index, record] of records.entries()) {
    const at = `checkpoints[${index}]`;
    const parsed = wireCheckpoint.safeParse(record);
    if (!parsed.success) {
      problems.push(collectError('RECORD_INVALID', firstProblem(parsed.error, at)));
    } else if (checkpoints.has(parsed.data.id)) {
      problems.push(collectError('RECORD_INVALID', `${at}.id: the same id twice`, parsed.data.id));
    } else {
      checkpoints.set(parsed.data.id, readCheckpoint(parsed.data, at, hostClockAt, problems));
    }
  }
  return [...checkpoints.values()];
}

function readCheckpoint(
  wire: WireCheckpoint,
  at: string,
  hostClockAt: Instant,
  problems: CollectError[],
): Checkpoint {
  const name = wire.name.slice(0, MAX_NAME_LENGTH);
  const kind = toKind(wire);
  if (kind === 'unknown' && wire.type !== null)
    problems.push(collectError('TYPE_UNKNOWN', String(wire.type.c), name));
  const createdAt = wire.createdAt === null ? null : toInstant(wire.createdAt);
  if (createdAt !== null && createdAt > hostClockAt + FUTURE_TOLERANCE_MS) {
    problems.push(collectError('TIME_IN_FUTURE', wire.createdAt, name));
  }
  if (wire.createdAt !== null && createdAt === null) {
    problems.push(collectError('PROP_READ_FAILED', `CreationTime is ${wire.createdAt}`, name));
  }
  return {
    id: wire.id,
    name,
    type: toNamedCode(wire.type),
    kind,
    parentId: wire.parentId,
    createdAt,
    hasMemory: wire.hasMemory,
    notes: wire.notes === null ? null : wire.notes.slice(0, MAX_NOTES_LENGTH),
    // The cmdlet answers 0 when it does not know.
    systemBytes: wire.systemBytes === 0 ? null : wire.systemBytes,
    disks: readDisks(wire.disks, `${at}.disks`, problems),
  };
}

/** A list that lacks a disk would make sums too small, so one bad disk makes the list unknown. */
function readDisks(
  records: readonly unknown[] | null,
  at: string,
  problems: CollectError[],
): readonly Disk[] | null {
  if (records === null) return null;
  const disks: Disk[] = [];
  for (const [index, record] of records.entries()) {
    const parsed = wireDisk.safeParse(record);
    if (!parsed.success) {
      problems.push(collectError('RECORD_INVALID', firstProblem(parsed.error, `${at}[${index}]`)));
      return null;
    }
    const { slot, kind, path, shared } = parsed.data;
    // The "path" of a pass-through disk is a label.
    disks.push({ slot, kind, path: kind === 'vhd' || kind === 'vhdset' ? path : null, shared });
  }
  return disks;
}

function toKind({ type, auto }: WireCheckpoint): BuiltInKind {
  const kind = type === null ? undefined : KINDS.get(type.c);
  return kind === 'user' && auto === true ? 'automatic' : (kind ?? 'unknown');
}

/** The guest may say anything. */
function toProductType({ guest }: WireVm): number | null {
  const type = guest?.productType ?? null;
  return type === 1 || type === 2 || type === 3 ? type : null;
}

function toNamedCode(wire: { readonly c: number; readonly n: string } | null): NamedCode {
  return wire === null ? UNKNOWN_CODE : { code: wire.c, name: wire.n.slice(0, MAX_NAME_LENGTH) };
}

function toInstant(text: string): Instant | null {
  const at = Date.parse(text);
  return Number.isNaN(at) || at < EARLIEST_MS ? null : at;
}
