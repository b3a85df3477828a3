import { hostClockAt } from '../inventory.ts';
import { SEVERITIES } from '../severity.ts';
import { DAY_MS, formatAge, formatDurationExact } from '../units.ts';
import { crossedLevel, defineRule, type Levels, type Rule } from './rule.ts';
import type { SeenCheckpoint, SeenVm } from './seen.ts';

export const checkpointExpired: Rule<'checkpoint-expired', Levels<number>> = defineRule<
  'checkpoint-expired',
  Levels<number>
>({
  id: 'checkpoint-expired',
  summary: 'A checkpoint is past the end that was declared in its name or notes, or in the notes of its VM.',
  why: 'Whoever took it knew how long it would be of use. A declared end takes the place of checkpoint-age, up to max_declared_lifetime, unless this rule is off. The limits count from that end.',
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

/** Whether declared ends are heeded on a VM: where the rule is off, or has no level, nothing would come of one. */
export function heedsEnds({ rules }: Pick<SeenVm, 'rules'>): boolean {
  const levels = rules['checkpoint-expired'];
  return levels !== null && SEVERITIES.some((severity) => levels[severity] !== null);
}

/** Whether a checkpoint is held to its declared end rather than to the limits of its kind. */
export function isHeldToEnd({ seen, lifetime }: Pick<SeenCheckpoint, 'seen' | 'lifetime'>): boolean {
  return lifetime.endsAt !== null && heedsEnds(seen);
}
