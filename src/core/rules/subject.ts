import type { CheckpointRef, VmRef } from '../finding.ts';
import type { Checkpoint, Vm } from '../model.ts';

/** Of all machines: a primary and its replica are two that may share an id. */
export function vmIdentity(vm: Vm): string {
  const isReplica = vm.replicationMode !== null && /replica$/.test(vm.replicationMode);
  return isReplica ? `${vm.id}@replica` : vm.id;
}

export function vmSubject(vm: Vm): string {
  return `vm:${vmIdentity(vm)}`;
}

export function checkpointSubject(vm: Vm, checkpoint: Checkpoint): string {
  return `checkpoint:${vmIdentity(vm)}/${checkpoint.id}`;
}

const CHECKPOINT = 'checkpoint:';

/** `vm:X` for subjects about a VM or one of its checkpoints; `null` for all others. */
export function vmSubjectOf(subject: string): string | null {
  if (subject.startsWith('vm:')) return subject;
  if (!subject.startsWith(CHECKPOINT)) return null;
  const end = subject.indexOf('/', CHECKPOINT.length);
  return end < 0 ? null : `vm:${subject.slice(CHECKPOINT.length, end)}`;
}

export function hostSubject(host: string): string {
  return `host:${host}`;
}

/** An exception of the configuration, by its key. */
export function exceptionSubject(key: string): string {
  return `exception:${key}`;
}

/** Whether it is about an exception rather than about what that covers. */
export function isOfException({ subject }: { readonly subject: string }): boolean {
  return subject.startsWith('exception:');
}

export function vmRef({ id, name }: Vm): VmRef {
  return { id, name };
}

export function checkpointRef({ id, name, kind }: Checkpoint): CheckpointRef {
  return { id, name, kind };
}
