import { hostClockAt } from '../inventory.ts';
import type { Instant } from '../model.ts';
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
  why: 'Whoever took it knew how long it would be of use. A declared end takes the place of checkpoint-age, up to max_declared_lifetime, unless this rule is off. The limits count from that end, or from when the checkpoint was taken, should that be later.',
  options: { type: 'levels', limit: 'duration' },
  defaults: { info: null, warning: 0, critical: DAY_MS },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint, lifetime, advice }, levels, { now }) {
    if (lifetime.endsAt === null) return null;
    const hostNow = hostClockAt(seen.reading, now);
    const past = hostNow - lifetime.endsAt;
    const from = judgedFrom(lifetime.endsAt, checkpoint.createdAt, hostNow);
    const crossed = crossedLevel(levels, (limit) => hostNow - from > limit);
    if (crossed === null) return null;
    const { severity, limit } = crossed;
    return {
      severity,
      sinceAt: from + limit,
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

/**
 * What the limits count from, on the host's clock: the declared end, or the creation where that is later, for nobody
 * could have removed the checkpoint before. A creation in the future is of a wrong clock.
 */
export function judgedFrom(endsAt: Instant, createdAt: Instant | null, hostNow: Instant): Instant {
  return createdAt !== null && createdAt <= hostNow ? Math.max(endsAt, createdAt) : endsAt;
}

/** Whether declared ends are heeded on a VM: where the rule is off, or has no level, nothing would come of one. */
export function heedsEnds({ rules }: Pick<SeenVm, 'rules'>): boolean {
  const levels = rules['checkpoint-expired'];
  return levels !== null && SEVERITIES.some((severity) => levels[severity] !== null);
}

/** Whether a checkpoint is held to its declared end rather than to the limits of its kind. */
export function isHeldToEnd({ seen, lifetime }: Pick<SeenCheckpoint, 'seen' | 'lifetime'>): boolean {
  return lifetime.endsAt !== null && heedsEnds(seen);
}
