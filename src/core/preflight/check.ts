import type { Instant } from '../model.ts';
import type { Policy } from '../policy/compile.ts';
import type { SeenVm } from '../rules/seen.ts';

/** What one check says, from the worst to the best. */
export const CHECK_VERDICTS = ['no', 'unknown', 'caution', 'yes'] as const;
export type CheckVerdict = (typeof CHECK_VERDICTS)[number];

/** What is looked at before a checkpoint is taken. */
export type PreflightCheckId =
  | 'state'
  | 'activity'
  | 'type'
  | 'checkpoints'
  | 'layers'
  | 'guest-role'
  | 'disks'
  | 'replica'
  | 'room'
  | 'growth'
  | 'reading';

/** What is looked at after one was deleted. */
export type PostflightCheckId = 'gone' | 'activity' | 'layers' | 'reading';

/** One thing that was looked at. */
export interface Check<Id extends string = string> {
  readonly id: Id;
  readonly verdict: CheckVerdict;
  /** A sentence without capital and full stop. It may hold names from outside. */
  readonly text: string;
}

/** The VM that is asked about, and what it is judged by. */
export interface AskedVm {
  readonly seen: SeenVm;
  readonly policy: Policy;
  /** On the agent's clock. */
  readonly now: Instant;
}

/** The worst of several verdicts; `yes` for none. */
export function worstVerdict(verdicts: readonly CheckVerdict[]): CheckVerdict {
  return CHECK_VERDICTS.find((verdict) => verdicts.includes(verdict)) ?? 'yes';
}
