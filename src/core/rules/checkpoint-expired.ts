import { hostClockAt } from '../inventory.ts';
import { DAY_MS, formatAge, formatDurationExact } from '../units.ts';
import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';

export const checkpointExpired: Rule<'checkpoint-expired', Levels<number>> = defineRule<
  'checkpoint-expired',
  Levels<number>
>({
  id: 'checkpoint-expired',
  summary: 'A checkpoint is past the end that was declared in its name or notes, or in the notes of its VM.',
  why: 'Whoever took it knew how long it would be of use. A declared end takes the place of checkpoint-age, up to max_declared_lifetime. The limits count from that end.',
  options: { type: 'levels', limit: 'duration' },
  defaults: { info: null, warning: 0, critical: DAY_MS },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint, lifetime, advice }, levels, { now }) {
    if (lifetime.endsAt === null) return null;
    const past = hostClockAt(seen.reading, now) - lifetime.endsAt;
    const crossed = crossedLevel(levels, (limit) => past > limit);
    if (crossed === null) return null;
    const { severity, limit } = crossed;
    return {
      severity,
      sinceAt: lifetime.endsAt + limit,
      value: { unit: 'ms', value: past },
      threshold: { unit: 'ms', value: limit },
      reason:
        limit === 0
          ? 'past its declared end'
          : `past its declared end by more than ${formatDurationExact(limit)}`,
      message: `Checkpoint "${checkpoint.name}" of ${seen.vm.name} was to be kept by "${lifetime.text ?? ''}", which ended ${formatAge(past)} ago.`,
      advice: `${advice} If it is still needed, give it a later end in its name or notes.`,
    };
  },
});
