import { ageMs } from '../inventory.ts';
import type { GuestRole } from '../policy/guest-role.ts';
import { formatAge, formatAgeAbove, formatDurationExact, HOUR_MS } from '../units.ts';
import { type ByKind, crossedLevel, defineRule, type Rule, type RuleContext } from './rule.ts';

const LEVELS = { info: null, warning: null, critical: HOUR_MS };

export const guestRole: Rule<'guest-role', ByKind<number>> = defineRule<'guest-role', ByKind<number>>({
  id: 'guest-role',
  summary:
    'A VM that should carry no checkpoints has one: a domain controller, a node of a guest cluster, or a VM tagged `[ckpt:never]`.',
  why: 'Going back to a checkpoint takes a domain controller or a cluster node out of step with its partners, and shared disks are not in the checkpoint at all. The hour is for updates that take one and remove it again.',
  options: {
    type: 'levels-by-kind',
    limit: 'duration',
    kinds: ['user', 'automatic', 'unknown'],
    flat: ['user', 'automatic', 'unknown'],
  },
  defaults: { user: LEVELS, automatic: LEVELS, unknown: LEVELS },
  isExceptable: true,
  judgeCheckpoint({ seen, checkpoint, advice }, options, context) {
    const levels = options[checkpoint.kind];
    const age = ageMs(seen.reading, checkpoint.createdAt, context.now);
    if (seen.role === null || levels === undefined || age === null) return null;
    const crossed = crossedLevel(levels, (limit) => age > limit);
    if (crossed === null) return null;
    const role = roleText(seen.role, context);
    const limitText = formatDurationExact(crossed.limit);
    return {
      severity: crossed.severity,
      sinceAt: (checkpoint.createdAt ?? 0) + crossed.limit,
      value: { unit: 'ms', value: age },
      threshold: { unit: 'ms', value: crossed.limit },
      reason: `${role}: no checkpoint older than ${limitText}`,
      message: `${seen.vm.name} is a ${role}, and its checkpoint "${checkpoint.name}" is ${formatAgeAbove(age, crossed.limit)} old; ${limitText} is allowed.`,
      advice: `Do not apply it. ${advice}`,
    };
  },
});

const ROLES: Readonly<Record<GuestRole['type'], string>> = {
  'domain-controller': 'domain controller',
  'guest-cluster': 'guest cluster node',
  never: 'VM tagged "never"',
};

/** The role in words, with the age of the knowledge where the guest does not speak now. */
export function roleText({ type, asOf }: GuestRole, { now }: Pick<RuleContext, 'now'>): string {
  return asOf === null ? ROLES[type] : `${ROLES[type]} (as of ${formatAge(Math.max(0, now - asOf))} ago)`;
}
