import { formatAge, MINUTE_MS } from '../units.ts';
import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';

export const clockSkew: Rule<'clock-skew', Levels<number>> = defineRule<'clock-skew', Levels<number>>({
  id: 'clock-skew',
  summary: 'The clocks of a host and of the agent differ.',
  why: "Ages are measured on the host's own clock, so they stay right; but metrics, events and declared dates do not.",
  options: { type: 'levels', limit: 'duration' },
  defaults: { info: null, warning: 5 * MINUTE_MS, critical: null },
  isExceptable: false,
  judgeHost({ host, reading }, levels) {
    if (reading === null) return null;
    const aheadMs = reading.hostClockAt - reading.readAt;
    const skew = Math.abs(aheadMs);
    const crossed = crossedLevel(levels, (limit) => skew > limit);
    if (crossed === null) return null;
    const difference = `${formatAge(skew)} ${aheadMs > 0 ? 'ahead of' : 'behind'} the agent's`;
    return {
      severity: crossed.severity,
      value: { unit: 'ms', value: skew },
      threshold: { unit: 'ms', value: crossed.limit },
      reason: `clock ${difference}`,
      message: `The clock of ${host} is ${difference}.`,
      advice: 'Check the time service on both (w32tm /query /status).',
    };
  },
});
