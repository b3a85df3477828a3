import { isGuid } from '../../guid.ts';
import type { DistinctVm } from '../../inventory.ts';
import type { Checkpoint } from '../../model.ts';

/** PowerShell also takes curly quotes for quotes and `$` for a variable; these characters mean nothing to it. */
const PLAIN_NAME = /^[A-Za-z0-9][A-Za-z0-9 -]*$/;
/** The same with a declaration such as `keep-until=2026-12-01`. */
const PLAIN_NEW_NAME = /^[A-Za-z0-9][A-Za-z0-9 =-]*$/;
/** Hyper-V takes no longer ones. */
const MAX_NAME_LENGTH = 100;

/**
 * The command that deletes one checkpoint, to be pasted on its host. By names when they are plain and mean this one
 * alone, else by ids; `null` when neither can be had, or when it is not for hands: checkpoints of backup products and
 * of Hyper-V Replica are theirs.
 */
export function removeCommand(seen: DistinctVm, checkpoint: Checkpoint): string | null {
  if (checkpoint.kind !== 'user' && checkpoint.kind !== 'automatic') return null;
  return commandFor('Remove-VMCheckpoint', '', seen, checkpoint);
}

/** The command that renames one checkpoint, likewise; `null` also when the new name is not plain, or too long. */
export function renameCommand(seen: DistinctVm, checkpoint: Checkpoint, newName: string): string | null {
  const isPasteable = newName.length <= MAX_NAME_LENGTH && PLAIN_NEW_NAME.test(newName);
  return isPasteable ? commandFor('Rename-VMCheckpoint', ` -NewName '${newName}'`, seen, checkpoint) : null;
}

function commandFor(
  cmdlet: string,
  rest: string,
  { host, view }: DistinctVm,
  checkpoint: Checkpoint,
): string | null {
  const { vm } = view;
  const isOneVm = host.vms.filter((other) => sameName(other.vm.name, vm.name)).length === 1;
  const isOneCheckpoint =
    (vm.checkpoints ?? []).filter((other) => sameName(other.name, checkpoint.name)).length === 1;
  if (isOneVm && isOneCheckpoint && isPlain(vm.name) && isPlain(checkpoint.name)) {
    return `${cmdlet} -VMName '${vm.name}' -Name '${checkpoint.name}'${rest}`;
  }
  if (!isGuid(vm.id) || !isGuid(checkpoint.id)) return null;
  return `Get-VM -Id ${vm.id} | Get-VMCheckpoint | Where-Object Id -eq '${checkpoint.id}' | ${cmdlet}${rest}`;
}

function isPlain(name: string): boolean {
  return name.length <= MAX_NAME_LENGTH && name === name.trim() && PLAIN_NAME.test(name);
}

function sameName(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}
