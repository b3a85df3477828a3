import { defineRule, type Rule, type SeverityOption } from './rule.ts';

export const lifetimeIgnored: Rule<'lifetime-ignored', SeverityOption> = defineRule<
  'lifetime-ignored',
  SeverityOption
>({
  id: 'lifetime-ignored',
  summary:
    'What was declared in name or notes cannot be read, or ends further away than allowed, and does not count.',
  why: 'Somebody believes that the checkpoint is taken care of. Its age is judged as if nothing had been declared.',
  options: { type: 'severity' },
  defaults: { severity: 'info' },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint, lifetime }, { severity }) {
    const first = lifetime.ignored[0];
    if (first === undefined) return null;
    const more = lifetime.ignored.length > 1 ? `, and ${lifetime.ignored.length - 1} more` : '';
    return {
      severity,
      value: { unit: 'count', value: lifetime.ignored.length },
      reason: 'declaration not used',
      message: `"${first.text}" at checkpoint "${checkpoint.name}" of ${seen.vm.name} is not used: ${first.why}${more}.`,
      advice:
        'Write an end such as ttl=48h, or keep-until= with year, month and day, into the name or the notes of the checkpoint.',
    };
  },
});
