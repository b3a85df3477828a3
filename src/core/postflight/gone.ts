import { exactlyNamed } from '../exactly-named.ts';
import type { Checkpoint } from '../model.ts';
import { isOrdinary } from '../policy/kinds.ts';
import { compileNearest } from '../policy/nearest-name.ts';
import type { AskedVm, Check } from '../preflight/check.ts';
import { oldestText } from '../preflight/checkpoints.ts';
import { quoted } from '../render/quoted.ts';
import { count } from '../units.ts';
import { hasWildcard, matchesWildcard } from '../wildcard.ts';

/**
 * Whether the checkpoint of this name or id is listed no more; with `null`, whether none is that somebody has to remove:
 * an ordinary one, or one whose configuration is lost.
 */
export function checkGone(
  { seen, now }: Pick<AskedVm, 'seen' | 'now'>,
  wanted: string | null,
): Check<'gone'> {
  const id = 'gone';
  const { checkpoints } = seen.vm;
  if (checkpoints === null) return { id, verdict: 'unknown', text: 'its checkpoints were not listed' };
  const left =
    wanted === null ? checkpoints.filter(isToRemove) : exactlyNamed(checkpoints, wanted, (each) => each);
  if (left.length > 0) return { id, verdict: 'no', text: stillThere(left, { seen, now }) };
  if (wanted !== null) return notListed(wanted, checkpoints);
  return {
    id,
    verdict: 'yes',
    text: checkpoints.length === 0 ? 'it has no checkpoint' : othersText(checkpoints),
  };
}

/** A name that is misspelt is listed no more either, nor is one with wildcards, which mean nothing here. */
function notListed(wanted: string, checkpoints: readonly Checkpoint[]): Check<'gone'> {
  const text = `no checkpoint ${quoted(wanted)} is listed`;
  const near = nearTo(
    wanted,
    checkpoints.map(({ name }) => name),
  );
  if (near === null) return { id: 'gone', verdict: 'yes', text };
  const verdict = hasWildcard(wanted) ? 'unknown' : 'caution';
  return { id: 'gone', verdict, text: `${text}; ${quoted(near)} is, should that be meant` };
}

function nearTo(wanted: string, names: readonly string[]): string | null {
  return hasWildcard(wanted)
    ? (names.find((name) => matchesWildcard(wanted, name)) ?? null)
    : compileNearest(names)(wanted);
}

function isToRemove({ kind }: Checkpoint): boolean {
  return isOrdinary(kind) || kind === 'missing';
}

function stillThere(left: readonly Checkpoint[], asked: Pick<AskedVm, 'seen' | 'now'>): string {
  return `${count(left.length, 'checkpoint')} still there, ${oldestText(left, asked)}`;
}

/** Those that belong to a backup, to Hyper-V Replica or to a move go by themselves, or by what made them. */
function othersText(checkpoints: readonly Checkpoint[]): string {
  const kinds = Map.groupBy(checkpoints, ({ kind }) => kind);
  const list = [...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, of]) => `${of.length} ${kind}`);
  return `it has no ordinary checkpoint; others are left alone (${list.join(', ')})`;
}
