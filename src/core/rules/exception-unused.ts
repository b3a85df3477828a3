import { DAY_MS, formatAge } from '../units.ts';
import { exceptionName, exceptionText } from './exception-text.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';

/** How long an exception may cover nothing before that is said. */
const UNUSED_AFTER_MS = 30 * DAY_MS;

export const exceptionUnused: Rule<'exception-unused', SeverityOption> = defineRule<
  'exception-unused',
  SeverityOption
>({
  id: 'exception-unused',
  summary: 'An exception has covered nothing for 30 days.',
  why: 'What it was made for is gone, or it never meant what its author thought. It would hide the next finding of that name.',
  options: { type: 'severity' },
  defaults: { severity: 'info' },
  isExceptable: false,
  judgeException({ exception, findings, isAnyUnread }, { severity }, { now, memory, inventory }) {
    const use = memory.exceptions.get(exception.key);
    const isAllRead = !isAnyUnread && inventory.hosts.every(({ attempt }) => attempt?.error == null);
    if (use === undefined || findings.length > 0 || !isAllRead) return null;
    const since = use.lastMatchedAt ?? use.firstSeenAt;
    const unused = now - since;
    if (unused <= UNUSED_AFTER_MS) return null;
    return {
      severity,
      sinceAt: since + UNUSED_AFTER_MS,
      value: { unit: 'ms', value: unused },
      threshold: { unit: 'ms', value: UNUSED_AFTER_MS },
      reason: `exception ${exceptionName(exception)} unused for ${formatAge(unused)}`,
      message: `The exception ${exceptionText(exception)} has covered nothing for ${formatAge(unused)}.`,
      advice: 'Remove it from the configuration, or mend its patterns.',
    };
  },
});
