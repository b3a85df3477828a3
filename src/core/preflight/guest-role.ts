import { NEVER_TAG } from '../policy/lifetime/found.ts';
import { areNotesCut, areVmNotesUnread } from '../policy/unread-notes.ts';
import { roleText } from '../rules/guest-role.ts';
import { SEVERITIES } from '../severity.ts';
import { stateMeaning } from '../vm-status.ts';
import type { AskedVm, Check } from './check.ts';
import { exceptionFor } from './excepted.ts';

/** Whether the VM is one that should carry no checkpoints, as far as is known. */
export function checkGuestRole(asked: AskedVm): Check<'guest-role'> {
  const id = 'guest-role';
  const { seen } = asked;
  const isJudged = SEVERITIES.some((severity) => seen.rules['guest-role']?.user?.[severity] != null);
  if (seen.role !== null) {
    const role = roleText(seen.role, asked);
    if (!isJudged) return { id, verdict: 'caution', text: `it is a ${role}; guest-role is off for it` };
    const exception = exceptionFor('guest-role', asked);
    return exception === null
      ? { id, verdict: 'no', text: `it is a ${role}, which should carry no checkpoint` }
      : { id, verdict: 'caution', text: `it is a ${role}, with an exception: ${exception.reason}` };
  }
  if (!isJudged) return { id, verdict: 'yes', text: 'guest-role is off for it' };
  if (seen.vm.disks === null) {
    const text = 'whether it is a node of a guest cluster is not known: its disks were not read';
    return { id, verdict: 'unknown', text };
  }
  if (areVmNotesUnread(seen.vm)) {
    const text = `whether it is tagged "${NEVER_TAG}" is not known: its notes were not read`;
    return { id, verdict: 'unknown', text };
  }
  if (seen.vm.guestProductType === null) {
    const isOff = stateMeaning(seen.vm.state.code) === 'off';
    const why = isOff ? 'it is off' : 'its guest says nothing of it';
    return { id, verdict: 'caution', text: `whether it is a domain controller is not known: ${why}` };
  }
  if (areNotesCut(seen.vm)) {
    const text = `whether it is tagged "${NEVER_TAG}" is not known for sure: only the beginning of its long notes is read`;
    return { id, verdict: 'caution', text };
  }
  const text = `no domain controller, no node of a guest cluster, not tagged "${NEVER_TAG}"`;
  return { id, verdict: 'yes', text };
}
