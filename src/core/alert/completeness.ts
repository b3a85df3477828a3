import type { ByteSum } from '../byte-sum.ts';
import type { CollectError, ErrorCode } from '../collect-error.ts';
import type { ExceptionRef, Finding } from '../finding.ts';
import { isGuid } from '../guid.ts';
import type { HostView, Inventory, VmView } from '../inventory.ts';
import { type Checkpoint, type HostReading, type Instant, UNREAD_CODE } from '../model.ts';
import type { PolicyException } from '../policy/policy.ts';
import { areNotesCut } from '../policy/unread-notes.ts';
import type { RuleId } from '../rules/index.ts';
import { RATIO_FLOOR_BYTES } from '../rules/size-limit.ts';
import { hostSubject, vmSubject, vmSubjectOf } from '../rules/subject.ts';

/** What one look at all hosts found, and what it may say about things it did not find. */
export interface Observation {
  readonly findings: readonly Finding[];
  /**
   * For a finding that was not raised: the moment of the reading that proves it gone, or `null` when this look
   * proves nothing because the thing could not be looked at.
   */
  provenAbsentAt(finding: Finding): Instant | null;
  /**
   * Whether the exception that covered a finding may cover it all the same: it is still in the configuration, and what
   * exceptions go by was not read.
   */
  mayBeExcepted(finding: Finding, by: ExceptionRef): boolean;
}

/**
 * Derives from the inventory what absence means in it. Stale readings and readings remembered from an earlier life of
 * the agent prove nothing. A VM that is there speaks for itself, however badly others were read; one that is nowhere
 * is gone only when every configured host said so, since it may be on its way from one to another.
 */
export function observationOf(
  inventory: Inventory,
  findings: readonly Finding[],
  exceptions: readonly PolicyException[] = [],
): Observation {
  const fresh = inventory.hosts.flatMap(freshHost);
  const goneAt = fresh.length === inventory.hosts.length ? goneProof(fresh) : () => null;
  const vms = vmsBySubject(fresh);
  const unsure = possibleReplicas(fresh);
  const configured = new Set(inventory.hosts.map(({ host }) => host));
  return {
    findings,
    mayBeExcepted({ subject, checkpoint }, by) {
      if (!exceptions.some(({ reason, owner }) => reason === by.reason && owner === by.owner)) return false;
      const seen = vms.get(vmSubjectOf(subject) ?? '') ?? [];
      return seen.some(({ vm }) => isJudgedOtherwise(vm) || isKindInDoubt(vm, checkpoint));
    },
    provenAbsentAt(finding) {
      const vmKey = vmSubjectOf(finding.subject);
      if (vmKey !== null) {
        if (unsure.has(vmKey)) return null;
        const seen = vms.get(vmKey);
        return seen === undefined ? goneAt(vmKey) : ownProof(seen, finding);
      }
      const hostName = finding.subject.startsWith('host:') ? finding.subject.slice('host:'.length) : null;
      if (hostName === null) return goneAt(null);
      // A host that nobody watches any more has no alerts of its own.
      if (!configured.has(hostName)) return inventory.at;
      return fresh.find(({ view }) => hostSubject(view.host) === finding.subject)?.reading.readAt ?? null;
    },
  };
}

/** Whether the look reached any host at all. */
export function anyHostRead(inventory: Inventory): boolean {
  return inventory.hosts.some((host) => freshHost(host).length > 0);
}

/** Whether every VM of every host was listed just now: what is not there does not exist. */
export function listsEveryVm(inventory: Inventory): boolean {
  const fresh = inventory.hosts.flatMap(freshHost);
  return fresh.length === inventory.hosts.length && goneProof(fresh)(null) !== null;
}

/** Whether the checkpoints of every VM that was listed were listed too. */
export function listsEveryCheckpoint(inventory: Inventory): boolean {
  return inventory.hosts.every(({ vms }) => vms.every(hasWholeList));
}

/**
 * How many different looks in a row must prove a finding gone before its alert ends. Two, so that a VM between two
 * hosts, or a value at its limit, does not end and begin again. One for `host-unreachable`: a successful reading is
 * the very opposite of it, and the rule itself waits before it is raised.
 */
export function looksToEnd(rule: RuleId): number {
  return rule === 'host-unreachable' ? 1 : 2;
}

interface FreshHost {
  readonly view: HostView;
  readonly reading: HostReading;
}

interface SeenVm {
  readonly vm: VmView;
  readonly readAt: Instant;
}

function freshHost(view: HostView): readonly FreshHost[] {
  const isFresh = view.attempt !== null && view.attempt.error === null && view.reading !== null;
  return isFresh ? [{ view, reading: view.reading }] : [];
}

/** Errors of a host that leave its list of VMs whole. */
const KEEPS_VM_LIST: ReadonlySet<ErrorCode> = new Set(['FACT_FAILED', 'TYPE_UNKNOWN', 'TIME_IN_FUTURE']);

/** Proof by the oldest of the readings, given that all hosts were read; a record that could not be read may be the very VM. */
function goneProof(fresh: readonly FreshHost[]): (vmKey: string | null) => Instant | null {
  if (fresh.length === 0) return () => null;
  const readAt = Math.min(...fresh.map(({ reading }) => reading.readAt));
  const doubts = fresh.flatMap(({ reading }) =>
    reading.errors.filter(({ code }) => !KEEPS_VM_LIST.has(code)),
  );
  return (vmKey) => {
    const isDoubtful = doubts.some(({ target }) => {
      // An error about one VM, named by its id, leaves the others listed.
      const isOther = vmKey !== null && target !== null && isGuid(target);
      return !isOther || vmKey.toLowerCase().startsWith(`vm:${target.toLowerCase()}`);
    });
    return isDoubtful ? null : readAt;
  };
}

function vmsBySubject(fresh: readonly FreshHost[]): ReadonlyMap<string, readonly SeenVm[]> {
  const seen = fresh.flatMap(({ view, reading }) => view.vms.map((vm) => ({ vm, readAt: reading.readAt })));
  return Map.groupBy(seen, ({ vm }) => vmSubject(vm.vm));
}

/** VMs of which it could not be read whether they are replicas: what was known of a replica may be about them. */
function possibleReplicas(fresh: readonly FreshHost[]): ReadonlySet<string> {
  const vms = fresh.flatMap(({ view }) => view.vms.map(({ vm }) => vm));
  return new Set(
    vms
      .filter(({ replicationMode }) => replicationMode === null)
      .map((vm) => vmSubject({ ...vm, replicationMode: 'replica' })),
  );
}

/** A VM seen on two hosts at once proves something only when both readings do. */
function ownProof(seen: readonly SeenVm[], finding: Finding): Instant | null {
  return seen.every(({ vm }) => provesAbsence(vm, finding))
    ? Math.min(...seen.map(({ readAt }) => readAt))
    : null;
}

function provesAbsence(view: VmView, finding: Finding): boolean {
  const id = finding.checkpoint?.id ?? null;
  const isListed = view.vm.checkpoints?.some((checkpoint) => checkpoint.id === id) ?? false;
  if (id !== null && hasWholeList(view) && !isListed) return true;
  if (isJudgedOtherwise(view) || isKindInDoubt(view, finding.checkpoint)) return false;
  // An alert kept from another version of the agent may name a rule that is no more.
  const proof = Object.hasOwn(PROOFS, finding.rule) ? PROOFS[finding.rule] : isWhollyRead;
  return proof(view, id);
}

/** What a reading of the VM must hold, so that a rule's silence about it means that all is well. */
const PROOFS: Readonly<Record<RuleId, (view: VmView, checkpointId: string | null) => boolean>> = {
  'checkpoint-age': hasKnownAge,
  'checkpoint-expired': hasKnownAge,
  // A role that was known once is remembered, so that silence means that it is another now.
  'guest-role': (view, id) => view.vm.disks !== null && !areNotesCut(view.vm) && hasKnownAge(view, id),
  'lifetime-ignored': hasKnownAge,
  'memory-state': hasKnownMemory,
  'production-fallback': (view, id) => hasKnownMemory(view, id) && view.vm.checkpointType !== null,
  'missing-checkpoint': hasWholeList,
  undocumented: hasWholeList,
  'checkpoint-policy': ({ vm }) => vm.checkpointType !== null && vm.automaticCheckpoints !== null,
  'uncovered-disk': (view, id) => view.chain.checkpoints.get(id ?? '')?.uncovered != null,
  'checkpoint-count': hasWholeList,
  'avhdx-size': (view, id) =>
    isSizeJudged(view.chain.checkpoints.get(id ?? '')?.layer ?? null, view.chain.virtualBytes),
  'vm-avhdx-total': (view) =>
    hasWholeList(view) && view.vm.disks !== null && isSizeJudged(view.chain.total, view.chain.virtualBytes),
  'chain-depth': (view) => view.vm.disks !== null && view.chain.depth !== null,
  'vm-critical-state': ({ vm }) => vm.state.code !== UNREAD_CODE && !vm.errors.some(hidesState),
  'scan-incomplete': isWhollyRead,
  'host-unreachable': isWhollyRead,
  'clock-skew': isWhollyRead,
  'exception-ending': isWhollyRead,
  'exception-unused': isWhollyRead,
};

function hasKnownAge(view: VmView, id: string | null): boolean {
  const checkpoint = view.vm.checkpoints?.find((each) => each.id === id);
  return (
    hasWholeList(view) &&
    checkpoint !== undefined &&
    checkpoint.createdAt !== null &&
    !isFromFuture(view, checkpoint)
  );
}

function hasKnownMemory(view: VmView, id: string | null): boolean {
  return hasWholeList(view) && view.vm.checkpoints?.find((each) => each.id === id)?.hasMemory != null;
}

/**
 * Whether it may have been judged by another policy than it should be: names and notes select kinds, tags, roles,
 * overrides and lifetimes, so that without them a finding may be missing that is true all the same.
 */
function isJudgedOtherwise({ vm }: VmView): boolean {
  return vm.errors.some(
    ({ code, target }) =>
      code === 'PROP_READ_FAILED' && (target === null || target === 'Notes' || target === 'Name'),
  );
}

/** What decides the kind of a checkpoint, as the script names what it could not read. */
const KIND_PROPERTIES: ReadonlySet<string | null> = new Set(['SnapshotType', 'IsAutomaticCheckpoint']);

/** Whether a checkpoint has another kind than before only because that could not be read, and with it other limits. */
function isKindInDoubt({ vm }: VmView, about: Finding['checkpoint']): boolean {
  const now = vm.checkpoints?.find(({ id }) => id === about?.id);
  if (about === null || now === undefined || now.kind === about.kind) return false;
  return vm.errors.some(
    ({ code, target }) =>
      (code === 'PROP_READ_FAILED' && KIND_PROPERTIES.has(target)) ||
      (code === 'TYPE_UNKNOWN' && target === now.name),
  );
}

/** Below the floor no share of a disk counts, so that its size need not be known: without AVHDX nobody reads it. */
function isSizeJudged(sum: ByteSum | null, virtualBytes: number | null): boolean {
  return sum !== null && sum.bytes !== null && (virtualBytes !== null || sum.bytes <= RATIO_FLOOR_BYTES);
}

/** By a clock that was set back a checkpoint only seems young. */
function isFromFuture({ vm }: VmView, { name }: Checkpoint): boolean {
  return vm.errors.some(({ code, target }) => code === 'TIME_IN_FUTURE' && target === name);
}

function hidesState({ code }: CollectError): boolean {
  return code === 'VM_GONE' || code === 'VM_MIGRATING';
}

/** Errors that concern disks or single properties, or nothing that is judged: the list of checkpoints is whole all the same. */
const KEEPS_CHECKPOINT_LIST: ReadonlySet<ErrorCode> = new Set([
  ...['BUSY_SKIPPED', 'CHECKPOINT_DISKS_FAILED', 'DISKS_FAILED', 'DISK_PATH_NULL'],
  ...[
    'PROP_READ_FAILED',
    'TYPE_UNKNOWN',
    'TIME_IN_FUTURE',
    'VHD_IN_USE',
    'VHD_NOT_FOUND',
    'VHD_ACCESS_DENIED',
    'VHD_CORRUPT',
  ],
  ...['PARENT_MISSING', 'PARENT_MISMATCH', 'VHD_FAILED', 'STAT_FAILED', 'CHAIN_LOOP', 'CHAIN_TOO_DEEP'],
  ...['VHDSET_UNMEASURED', 'NOT_REPORTED', 'BUDGET_EXCEEDED'],
] as const satisfies readonly ErrorCode[]);

function hasWholeList({ vm }: VmView): boolean {
  return vm.checkpoints !== null && vm.errors.every(({ code }) => KEEPS_CHECKPOINT_LIST.has(code));
}

function isWhollyRead({ vm, chain }: VmView): boolean {
  const errors = [...vm.errors, ...chain.errors].filter(({ code }) => !KEEPS_VM_LIST.has(code));
  return errors.length === 0 && vm.checkpoints !== null && vm.disks !== null;
}
