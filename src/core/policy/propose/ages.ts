import { ageMs, type DistinctVm } from '../../inventory.ts';
import type { Checkpoint, Instant } from '../../model.ts';
import { DAY_MS } from '../../units.ts';
import { isUsers } from '../../view.ts';

/** How old the checkpoints of users are, and limits that most of them keep. */
export interface AgeProposal {
  readonly checkpoints: number;
  /** Nine of ten are no older. */
  readonly percentileMs: number;
  /** `null` when no limit that is worth having is kept by most. */
  readonly limits: { readonly warningMs: number; readonly criticalMs: number; readonly kept: number } | null;
}

/** Of fewer nothing can be learnt. */
const LEAST_CHECKPOINTS = 10;
const SHARE = 0.9;
const ROUND_DAYS = [1, 2, 3, 5, 7, 10, 14, 21, 30];
const LONGEST_CRITICAL_DAYS = 60;

/** `null` when there are too few checkpoints whose age is known. */
export function proposeAges(
  vms: readonly DistinctVm[],
  ignored: ReadonlySet<Checkpoint>,
  now: Instant,
): AgeProposal | null {
  const ages = vms.flatMap(({ host: { reading }, view: { vm } }) =>
    (vm.checkpoints ?? []).flatMap((each) =>
      reading === null || !isUsers(each) || ignored.has(each)
        ? []
        : (ageMs(reading, each.createdAt, now) ?? []),
    ),
  );
  if (ages.length < LEAST_CHECKPOINTS) return null;
  const sorted = ages.toSorted((a, b) => a - b);
  const percentileMs = sorted[Math.ceil(SHARE * sorted.length) - 1] ?? 0;
  const days = ROUND_DAYS.find((each) => percentileMs <= each * DAY_MS);
  if (days === undefined) return { checkpoints: ages.length, percentileMs, limits: null };
  const criticalDays = ROUND_DAYS.find((each) => each >= 2 * days) ?? LONGEST_CRITICAL_DAYS;
  const warningMs = days * DAY_MS;
  const kept = ages.filter((age) => age <= warningMs).length;
  return {
    checkpoints: ages.length,
    percentileMs,
    limits: { warningMs, criticalMs: criticalDays * DAY_MS, kept },
  };
}
