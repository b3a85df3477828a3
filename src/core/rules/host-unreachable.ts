import { errorInfo } from '../collect-error.ts';
import { DAY_MS, formatAgeAbove, formatDurationExact, HOUR_MS } from '../units.ts';
import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';

export const hostUnreachable: Rule<'host-unreachable', Levels<number>> = defineRule<
  'host-unreachable',
  Levels<number>
>({
  id: 'host-unreachable',
  summary: 'A host could not be read for too long.',
  why: 'Nothing is known about a host that cannot be read, and "no findings" there means nothing.',
  options: { type: 'levels', limit: 'duration' },
  defaults: { info: null, warning: HOUR_MS, critical: DAY_MS },
  isExceptable: false,
  judgeHost({ host, attempt, unreadSince }, levels, { now }) {
    const error = attempt?.error;
    if (error == null || unreadSince === null) return null;
    const unread = Math.max(0, now - unreadSince);
    const crossed = crossedLevel(levels, (limit) => unread > limit);
    if (crossed === null) return null;
    const { meaning, advice } = errorInfo(error.code);
    return {
      severity: crossed.severity,
      sinceAt: unreadSince + crossed.limit,
      value: { unit: 'ms', value: unread },
      threshold: { unit: 'ms', value: crossed.limit },
      reason: `not read for more than ${formatDurationExact(crossed.limit)}`,
      message: `${host} has not been read for ${formatAgeAbove(unread, crossed.limit)}: ${meaning}.`,
      advice,
    };
  },
});
