import type { Finding } from '../finding.ts';
import { formatAge, MINUTE_MS } from '../units.ts';
import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';
import { hostSubject } from './subject.ts';

export const clockSkew: Rule<'clock-skew', Levels<number>> = defineRule<'clock-skew', Levels<number>>({
  id: 'clock-skew',
  summary: 'The clocks of a host and of the agent differ.',
  why: "Ages are measured on the host's own clock, so they stay right; but metrics, events and declared dates do not.",
  options: { type: 'levels', limit: 'duration' },
  defaults: { info: null, warning: 5 * MINUTE_MS, critical: null },
  evaluate({ inventory }, levels) {
    return inventory.hosts.flatMap((host): Finding[] => {
      if (host.reading === null) return [];
      const aheadMs = host.reading.hostClockAt - host.reading.readAt;
      const skew = Math.abs(aheadMs);
      const crossed = crossedLevel(levels, (limit) => skew > limit);
      if (crossed === null) return [];
      return [
        {
          rule: 'clock-skew',
          subject: hostSubject(host.host),
          severity: crossed.severity,
          host: host.host,
          vm: null,
          checkpoint: null,
          sinceAt: null,
          value: { unit: 'ms', value: skew },
          threshold: { unit: 'ms', value: crossed.limit },
          reason: `clock ${formatAge(skew)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the agent's`,
          message: `The clock of ${host.host} is ${formatAge(skew)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the agent's.`,
          advice: 'Check the time service on both (w32tm /query /status).',
        },
      ];
    });
  },
});
