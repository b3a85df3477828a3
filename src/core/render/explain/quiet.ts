import { hostClockAt } from '../../inventory.ts';
import type { Instant } from '../../model.ts';
import { RULES, type RuleId } from '../../rules/index.ts';
import type { SeenCheckpoint, SeenVm } from '../../rules/seen.ts';
import { type Found, levelsInForce, offText, type Resolved } from './levels.ts';
import { QUIET_CHECKPOINT } from './quiet-checkpoint.ts';
import { QUIET_VM } from './quiet-vm.ts';

/** A VM, and what is known when somebody asks why a rule says nothing of it. */
export interface QuietVm {
  readonly seen: SeenVm;
  /** On the clock of its host. */
  readonly hostNow: Instant;
  /** The limits of a rule; the kind is empty for rules that know none. */
  limits(rule: RuleId, kind?: string): Found;
}

export interface QuietCheckpoint extends QuietVm {
  readonly each: SeenCheckpoint;
}

/** Why a rule says nothing, in a few words; `null`: it has nothing to say of such a thing. */
export type WhyQuiet<Asked> = (asked: Asked) => string | null;

/** Why each rule that judges checkpoints, but for those that found something, says nothing of this one. */
export function quietAboutCheckpoint(asked: QuietCheckpoint, ...more: More): readonly string[] {
  return quiet(QUIET_CHECKPOINT, asked, ...more);
}

/** Why each rule that judges VMs, but for those that found something, says nothing of this one. */
export function quietAboutVm(asked: QuietVm, ...more: More): readonly string[] {
  return quiet(QUIET_VM, asked, ...more);
}

type More = readonly [found: ReadonlySet<RuleId>, resolved: Resolved];

function quiet<Asked extends QuietVm>(
  table: Readonly<Partial<Record<RuleId, WhyQuiet<Asked>>>>,
  asked: Asked,
  ...[found, resolved]: More
): readonly string[] {
  const texts = RULES.flatMap(({ id }): readonly (readonly [RuleId, string])[] => {
    const why = table[id];
    if (why === undefined || found.has(id)) return [];
    const rule = resolved.get(id);
    const text = rule?.options === null ? offText(rule) : why(asked);
    return text === null ? [] : [[id, text]];
  });
  const width = Math.max(0, ...texts.map(([id]) => id.length));
  return texts.map(([id, text]) => `${id.padEnd(width)}  ${text}`);
}

/** What the tables need to know of a VM. */
export function askedOf(seen: SeenVm, resolved: Resolved, now: Instant): QuietVm {
  return {
    seen,
    hostNow: hostClockAt(seen.reading, now),
    limits: (rule, kind = '') => levelsInForce(resolved, rule, kind),
  };
}
