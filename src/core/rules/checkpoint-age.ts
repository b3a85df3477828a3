import { ageMs } from '../inventory.ts';
import { DAY_MS, formatAgeAbove, formatDurationExact, HOUR_MS } from '../units.ts';
import { isHeldToEnd } from './checkpoint-expired.ts';
import { type ByKind, crossedLevel, defineRule, type Rule } from './rule.ts';

const USER_LEVELS = { info: DAY_MS, warning: 3 * DAY_MS, critical: 7 * DAY_MS };

export const checkpointAge: Rule<'checkpoint-age', ByKind<number>> = defineRule<
  'checkpoint-age',
  ByKind<number>
>({
  id: 'checkpoint-age',
  summary: 'A checkpoint is older than its kind may become, and nobody declared how long it is to live.',
  why: 'A forgotten checkpoint grows until its volume is full and every VM on it pauses; age is the earliest sign. Checkpoints of backup products and of Hyper-V Replica are not judged by age.',
  options: {
    type: 'levels-by-kind',
    limit: 'duration',
    kinds: ['user', 'automatic', 'planned', 'unknown'],
    flat: ['user', 'automatic'],
  },
  defaults: {
    user: USER_LEVELS,
    automatic: { info: null, warning: 7 * DAY_MS, critical: null },
    planned: { info: null, warning: 24 * HOUR_MS, critical: 72 * HOUR_MS },
    unknown: USER_LEVELS,
  },
  isExceptable: true,
  judgeCheckpoint(each, options, { now }) {
    const { seen, checkpoint, advice } = each;
    const levels = options[checkpoint.kind];
    const age = ageMs(seen.reading, checkpoint.createdAt, now);
    // Whoever declared an end is held to that instead, by checkpoint-expired, unless nothing would come of that.
    if (levels === undefined || age === null || isHeldToEnd(each)) return null;
    const crossed = crossedLevel(levels, (limit) => age > limit);
    if (crossed === null) return null;
    const limitText = formatDurationExact(crossed.limit);
    return {
      severity: crossed.severity,
      sinceAt: (checkpoint.createdAt ?? 0) + crossed.limit,
      value: { unit: 'ms', value: age },
      threshold: { unit: 'ms', value: crossed.limit },
      reason: `older than ${limitText}`,
      message: `Checkpoint "${checkpoint.name}" of ${seen.vm.name} is ${formatAgeAbove(age, crossed.limit)} old; ${limitText} is allowed.`,
      advice,
    };
  },
});
