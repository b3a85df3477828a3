import { isAnyNoteUnread } from '../policy/unread-notes.ts';
import { isUsers } from '../view.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';

export const undocumented: Rule<'undocumented', SeverityOption> = defineRule<'undocumented', SeverityOption>({
  id: 'undocumented',
  summary: 'A checkpoint has the name that Hyper-V gave it, and no notes.',
  why: 'In a week nobody will know whose it is and what it was for.',
  options: { type: 'severity' },
  defaults: { severity: 'info' },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint }, { severity }) {
    if (!isUsers(checkpoint) || !isDefaultName(checkpoint.name)) return null;
    if ((checkpoint.notes ?? '').trim() !== '' || isAnyNoteUnread(seen.vm)) return null;
    return {
      severity,
      reason: 'default name, no notes',
      message: `Checkpoint "${checkpoint.name}" of ${seen.vm.name} has its default name and no notes: nobody says whose it is, or what for.`,
      advice: 'Rename it to say why it is there and for how long, such as "before CU12 ttl=48h owner=j.doe".',
    };
  },
});

/**
 * Whether Hyper-V made the name: `VM - (date - time)` in the language of the host, so that only its form can be known.
 * The VM may have been renamed since.
 */
export function isDefaultName(name: string): boolean {
  if (!name.endsWith(')')) return false;
  const inBrackets = /^.+ - \(([^()]{8,60})\)$/u.exec(name)?.[1];
  return inBrackets !== undefined && (inBrackets.match(/\d/g)?.length ?? 0) >= 6 && / - /.test(inBrackets);
}
