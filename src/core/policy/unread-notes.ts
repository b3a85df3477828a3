import type { Checkpoint, Vm } from '../model.ts';
import { READ_CHARACTERS } from './lifetime/reading.ts';

/** Whether notes of a VM, or of one of its checkpoints, could not be read: what they say is not known then. */
export function isAnyNoteUnread({ errors }: Pick<Vm, 'errors'>): boolean {
  return errors.some(({ code, target }) => code === 'PROP_READ_FAILED' && target === 'Notes');
}

/** Whether a VM may have tags and an owner that nobody could read. */
export function areVmNotesUnread(vm: Pick<Vm, 'errors' | 'notes'>): boolean {
  return vm.notes === null && isAnyNoteUnread(vm);
}

/** The same of what may be declared about a checkpoint, there or in the notes of its VM. */
export function areDeclarationsUnread(
  { notes }: Pick<Checkpoint, 'notes'>,
  vm: Pick<Vm, 'errors' | 'notes'>,
): boolean {
  return (notes === null || vm.notes === null) && isAnyNoteUnread(vm);
}

/** Whether notes go on where nobody reads them any more. */
export function areNotesCut({ notes }: Pick<Vm, 'notes'>): boolean {
  return notes !== null && notes.length > READ_CHARACTERS;
}
