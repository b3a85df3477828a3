import { exceptionClockAt } from '../policy/exceptions.ts';
import { DAY_MS, formatAge } from '../units.ts';
import { exceptionName, exceptionText } from './exception-text.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';

/** How long before its end an exception is said to end. */
const ENDING_WITHIN_MS = 7 * DAY_MS;

export const exceptionEnding: Rule<'exception-ending', SeverityOption> = defineRule<
  'exception-ending',
  SeverityOption
>({
  id: 'exception-ending',
  summary:
    'An exception ends within seven days, what it covers is still there, and no other exception covers it for longer.',
  why: 'When it has ended, its findings raise alerts again.',
  options: { type: 'severity' },
  defaults: { severity: 'info' },
  isExceptable: false,
  judgeException({ exception, returning, untilAt, reading }, { severity }, { now }) {
    if (untilAt === null || reading === null || returning === 0) return null;
    const left = untilAt - exceptionClockAt(reading, now);
    if (left <= 0 || left > ENDING_WITHIN_MS) return null;
    return {
      severity,
      sinceAt: untilAt - ENDING_WITHIN_MS,
      value: { unit: 'ms', value: left },
      threshold: { unit: 'ms', value: ENDING_WITHIN_MS },
      reason: `exception ${exceptionName(exception)} ends in ${formatAge(left)}`,
      message: `The exception ${exceptionText(exception)} ends in ${formatAge(left)}; it covers ${returning === 1 ? 'a finding' : `${returning} findings`}.`,
      advice: 'Mend what it covers, or give it a later end in the configuration.',
    };
  },
});
