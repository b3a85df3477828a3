import { ageMs } from '../inventory.ts';
import type { Checkpoint } from '../model.ts';
import { quoted } from '../render/quoted.ts';
import { crossedLevel } from '../rules/rule.ts';
import type { SeenVm } from '../rules/seen.ts';
import { count, formatAge } from '../units.ts';
import { type AskedVm, type Check, type CheckVerdict, worstVerdict } from './check.ts';
import { exceptionFor } from './excepted.ts';

/** Hyper-V's own limit for one VM (Microsoft Learn: "Plan for Hyper-V scalability"). */
export const MOST_CHECKPOINTS = 50;

interface Part {
  readonly verdict: CheckVerdict;
  readonly text: string;
}

/** The checkpoints that are there already, and whether one more is allowed. */
export function checkCheckpoints(asked: AskedVm): Check<'checkpoints'> {
  const id = 'checkpoints';
  const { vm } = asked.seen;
  if (vm.checkpoints === null) return { id, verdict: 'unknown', text: 'its checkpoints were not listed' };
  const own = vm.checkpoints.filter(({ kind }) => kind !== 'replica');
  const parts = [
    existing(own, asked),
    ...ofHyperV(vm.checkpoints.length),
    ...ofCount(own.length, asked),
    ...ofDepth(asked.seen),
  ];
  const verdict = worstVerdict(parts.map((part) => part.verdict));
  // What decides is said first.
  const sorted = parts.toSorted((a, b) => Number(b.verdict === verdict) - Number(a.verdict === verdict));
  return { id, verdict, text: sorted.map(({ text }) => text).join('; ') };
}

function existing(own: readonly Checkpoint[], { seen, now }: AskedVm): Part {
  const points = (seen.vm.checkpoints?.length ?? 0) - own.length;
  const besides = points === 0 ? '' : ` besides ${count(points, 'recovery point')} of Hyper-V Replica`;
  if (own.length === 0) return { verdict: 'yes', text: `it has none${besides}` };
  return {
    verdict: 'caution',
    text: `it has ${own.length} already${besides}, ${oldestText(own, { seen, now })}`,
  };
}

/** The oldest with its age: `the oldest "before patch", 12d 4h old`. */
export function oldestText(
  checkpoints: readonly Checkpoint[],
  { seen, now }: Pick<AskedVm, 'seen' | 'now'>,
): string {
  const known = checkpoints.flatMap(({ name, createdAt }) => {
    const age = ageMs(seen.reading, createdAt, now);
    return age === null ? [] : [{ name, age }];
  });
  const oldest = known.toSorted((a, b) => b.age - a.age)[0];
  if (oldest === undefined) return 'nobody knows how old';
  const which = known.length < checkpoints.length ? 'the oldest of known age ' : 'the oldest ';
  return `${checkpoints.length === 1 ? '' : which}${quoted(oldest.name)}, ${formatAge(oldest.age)} old`;
}

function ofHyperV(all: number): readonly Part[] {
  if (all + 1 <= MOST_CHECKPOINTS) return [];
  return [{ verdict: 'no', text: `Hyper-V allows no more than ${MOST_CHECKPOINTS} on a VM` }];
}

function ofCount(own: number, asked: AskedVm): readonly Part[] {
  const levels = asked.seen.rules['checkpoint-count'];
  const crossed = levels === null ? null : crossedLevel(levels, (limit) => own + 1 > limit);
  if (crossed === null || crossed.severity === 'info') return [];
  const text = `one more is above the ${crossed.limit} that checkpoint-count allows`;
  if (crossed.severity !== 'critical') return [{ verdict: 'caution', text }];
  const exception = exceptionFor('checkpoint-count', asked);
  return [
    exception === null
      ? { verdict: 'no', text }
      : { verdict: 'caution', text: `${text}, with an exception: ${exception.reason}` },
  ];
}

/** Every disk gets one more AVHDX. */
function ofDepth({ rules, chain }: SeenVm): readonly Part[] {
  const levels = rules['chain-depth'];
  if (levels === null) return [];
  const crossed = crossedLevel(levels, (limit) => chain.atLeastDepth + 1 > limit);
  const isKnown = chain.depth !== null;
  const files = `${isKnown ? '' : 'at least '}${count(chain.atLeastDepth, 'AVHDX file')}`;
  const parts: Part[] = [];
  if (crossed !== null && crossed.severity !== 'info') {
    parts.push({
      verdict: crossed.severity === 'critical' ? 'no' : 'caution',
      text: `it runs on ${files}, and one more is above the ${crossed.limit} that chain-depth allows`,
    });
  }
  if (!isKnown && crossed?.severity !== 'critical' && levels.critical !== null) {
    parts.push({ verdict: 'unknown', text: 'how many AVHDX files it runs on is not known' });
  }
  return parts;
}
