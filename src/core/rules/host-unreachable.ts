import { errorInfo } from '../collect-error.ts';
import type { Finding } from '../finding.ts';
import { DAY_MS, formatAgeAbove, formatDurationExact, HOUR_MS } from '../units.ts';
import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';
import { hostSubject } from './subject.ts';

export const hostUnreachable: Rule<'host-unreachable', Levels<number>> = defineRule<
  'host-unreachable',
  Levels<number>
>({
  id: 'host-unreachable',
  summary: 'A host could not be read for too long.',
  why: 'Nothing is known about a host that cannot be read, and "no findings" there means nothing.',
  options: { type: 'levels', limit: 'duration' },
  defaults: { info: null, warning: HOUR_MS, critical: DAY_MS },
  evaluate({ inventory, now }, levels) {
    return inventory.hosts.flatMap((host): Finding[] => {
      const error = host.attempt?.error;
      if (error == null || host.unreadSince === null) return [];
      const unread = Math.max(0, now - host.unreadSince);
      const crossed = crossedLevel(levels, (limit) => unread > limit);
      if (crossed === null) return [];
      const info = errorInfo(error.code);
      return [
        {
          rule: 'host-unreachable',
          subject: hostSubject(host.host),
          severity: crossed.severity,
          host: host.host,
          vm: null,
          checkpoint: null,
          sinceAt: host.unreadSince + crossed.limit,
          value: { unit: 'ms', value: unread },
          threshold: { unit: 'ms', value: crossed.limit },
          reason: `not read for more than ${formatDurationExact(crossed.limit)}`,
          message: `${host.host} has not been read for ${formatAgeAbove(unread, crossed.limit)}: ${info.meaning}.`,
          advice: info.advice,
        },
      ];
    });
  },
});
