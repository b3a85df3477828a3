import type { CheckpointRef, VmRef } from '../finding.ts';
import type { Checkpoint, Vm } from '../model.ts';

/** A primary and its replica are two machines that may share an id. */
function vmIdentity(vm: Vm): string {
  const isReplica = vm.replicationMode !== null && /replica$/.test(vm.replicationMode);
  return isReplica ? `${vm.id}@replica` : vm.id;
}

export function vmSubject(vm: Vm): string {
  return `vm:${vmIdentity(vm)}`;
}

export function checkpointSubject(vm: Vm, checkpoint: Checkpoint): string {
  return `checkpoint:${vmIdentity(vm)}/${checkpoint.id}`;
}

/** The `vmSubject` of the VM that a `checkpointSubject` names. */
export function vmOfCheckpoint(subject: string): string {
  return subject.replace(/^checkpoint:([^/]*)\/.*$/s, 'vm:$1');
}

export function hostSubject(host: string): string {
  return `host:${host}`;
}

export function vmRef({ id, name }: Vm): VmRef {
  return { id, name };
}

export function checkpointRef({ id, name, kind }: Checkpoint): CheckpointRef {
  return { id, name, kind };
}
