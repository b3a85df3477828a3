import type { DistinctVm } from '../../inventory.ts';
import type { Checkpoint, CheckpointKind } from '../../model.ts';
import { isDefaultName } from '../../rules/undocumented.ts';
import { compareText, isUsers } from '../../view.ts';
import { foldCase } from '../../wildcard.ts';
import { isPlainPattern, kindNameOf } from './plain-name.ts';

/** A kind made of checkpoints that are called alike on several VMs. */
export interface KindProposal {
  readonly name: string;
  readonly pattern: string;
  /** Hyper-V's own kinds of those checkpoints: others of such a name stay what they are. */
  readonly of: readonly CheckpointKind[];
  readonly checkpoints: number;
  /** Names of the VMs, as they came. */
  readonly vms: readonly string[];
}

/** On fewer VMs a name may be alike by chance. */
const LEAST_VMS = 3;
/** A shorter word says nothing. */
const LEAST_LETTERS = 4;
/** Nobody types a longer name twice; a star must still fit behind it. */
const LONGEST_NAME = 100;

interface Candidate {
  readonly vm: DistinctVm['view']['vm'];
  readonly kind: CheckpointKind;
  /** In lower case. */
  readonly name: string;
}

/** The most frequent first. */
export function proposeKinds(
  vms: readonly DistinctVm[],
  ignored: ReadonlySet<Checkpoint>,
): readonly KindProposal[] {
  const candidates = vms.flatMap(({ view: { vm } }) =>
    (vm.checkpoints ?? [])
      .filter((each) => isUsers(each) && !ignored.has(each) && isCandidate(each.name))
      .map(({ name, kind }): Candidate => ({ vm, kind, name: foldCase(name) })),
  );
  const groups = [...Map.groupBy(candidates, ({ name }) => firstWord(name) ?? shapeOf(name)).values()];
  const found = groups
    .map((group) => ({
      pattern: patternOf(group.map(({ name }) => name)),
      of: [...new Set(group.map(({ kind }) => kind))].sort(compareText),
      checkpoints: group.length,
      vms: [...new Map(group.map(({ vm }) => [vm.id, vm.name])).values()],
    }))
    .filter(({ pattern, vms: of }) => of.length >= LEAST_VMS && letters(pattern) >= LEAST_LETTERS)
    .sort((a, b) => b.checkpoints - a.checkpoints || compareText(a.pattern, b.pattern));
  const names = new Set<string>();
  return found.map((each): KindProposal => {
    const name = kindNameOf(each.pattern, names);
    names.add(name);
    return { name, ...each };
  });
}

/** Names that Hyper-V made are alike on all VMs, and say nothing. */
function isCandidate(name: string): boolean {
  return name.length <= LONGEST_NAME && isPlainPattern(name) && !isDefaultName(name);
}

function firstWord(name: string): string | null {
  const word = /^\p{L}+/u.exec(name)?.[0] ?? '';
  return word.length >= LEAST_LETTERS ? word : null;
}

/** The name with a star for each number, and for each date. */
function shapeOf(name: string): string {
  return name.replace(/\d+(?:[^\p{L}\d*]+\d+)*/gu, '*');
}

function letters(pattern: string): number {
  return pattern.match(/\p{L}/gu)?.length ?? 0;
}

/** What the names have in common: all of it, all but their numbers, or whole words at their beginning. */
function patternOf(names: readonly string[]): string {
  const [first = '', ...others] = [...new Set(names)];
  if (others.length === 0) return first;
  const shapes = new Set([first, ...others].map(shapeOf));
  const [shape = ''] = shapes;
  return shapes.size === 1 ? shape : `${commonWords([first, ...others])}*`;
}

function commonWords(names: readonly string[]): string {
  const split = names.map((name) => [...name]);
  const [first = []] = split;
  let length = first.findIndex((character, index) => split.some((other) => other[index] !== character));
  if (length < 0) length = first.length;
  const isLetter = (character: string | undefined): boolean =>
    character !== undefined && /[\p{L}\p{M}]/u.test(character);
  // Not through a word.
  while (isLetter(first[length - 1]) && split.some((other) => isLetter(other[length]))) length -= 1;
  return first.slice(0, length).join('');
}
