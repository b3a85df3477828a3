import { listsEveryCheckpoint, listsEveryVm } from '../alert/completeness.ts';
import type { Inventory } from '../inventory.ts';
import { plainText } from '../render/plain-text.ts';
import { compileNamePatterns, foldCase } from '../wildcard.ts';
import type { Policy } from './compile.ts';
import { type ListedVm, listedVms, type Named, namesOf } from './named-things.ts';
import { compileNearest } from './nearest-name.ts';
import { type PatternEntry, type PatternList, patternEntries, type Thing } from './pattern-lists.ts';
import type { SourcePlace } from './policy.ts';
import { compileSelections } from './selector.ts';

/** Something of the configuration that nothing answers to. */
export interface Unmatched {
  /** The list of patterns it stands in, or the entry whose lists match nothing together. */
  readonly source: SourcePlace;
  /** `null`: each list of the entry matches something, but nothing is matched by all of them. */
  readonly pattern: string | null;
  /** The name that was probably meant; `null` when none is near. */
  readonly nearest: string | null;
  /** Such as `"SQl-O1*" matches no VM; nearest is "SQL-01"`, on one line. */
  readonly message: string;
}

/** `machines`: VMs, hosts and tags, which stay. `everything`: checkpoints, which come and go, as well. */
export type PatternSubject = 'machines' | 'everything';

/**
 * Every pattern of the configuration that matches nothing at present, in the order of the file; patterns of presets are
 * none of the file. Nothing at all is said while a VM may be missing in the inventory, and nothing about checkpoints
 * while one of those may.
 */
export function unmatchedPatterns(
  policy: Policy,
  read: Inventory,
  about: PatternSubject = 'everything',
): readonly Unmatched[] {
  if (!listsEveryVm(read)) return [];
  const entries = patternEntries(policy.config);
  if (entries.length === 0) return [];
  const hasCheckpoints = about === 'everything' && listsEveryCheckpoint(read);
  const vms = listedVms(policy, read);
  const lists = entries.flatMap((entry) => entry.lists);
  const byThing = Map.groupBy(lists, ({ thing }) => thing);
  const sorts = [...byThing].filter(([thing]) => hasCheckpoints || !ABOUT_CHECKPOINTS.has(thing));
  const unanswered = new Map<PatternList, readonly string[]>();
  const alone = sorts.flatMap(([thing, ofThing]) => {
    const names = namesOf(thing, { policy, read, vms });
    const isAnswered = answeredPatterns(ofThing, names);
    for (const list of ofThing) {
      unanswered.set(
        list,
        list.patterns.filter((pattern) => !isAnswered.has(foldCase(pattern))),
      );
    }
    return describe(thing, ofThing, unanswered, names);
  });
  // Of an entry with a list that nothing answers to, that is said.
  const others = entries.filter((entry) =>
    entry.lists.every((list) => (unanswered.get(list)?.length ?? 0) < list.patterns.length),
  );
  return [...alone, ...unmatchedTogether(others, vms, hasCheckpoints)].sort(
    (a, b) => (a.source.line ?? 0) - (b.source.line ?? 0),
  );
}

const ABOUT_CHECKPOINTS: ReadonlySet<Thing> = new Set(['kind', 'checkpoint', 'checkpoint-name', 'notes']);

/** Those patterns, folded, that any of the names answers to. */
function answeredPatterns(lists: readonly PatternList[], names: readonly Named[]): ReadonlySet<string> {
  const patterns = [...new Set(lists.flatMap((list) => list.patterns.map(foldCase)))];
  const select = compileSelections(patterns.map((pattern) => ({ vm: [pattern], host: [], tag: [] })));
  const answered = new Set<string>();
  for (const named of names) {
    for (const position of select({ vm: named, host: '', tags: [] })) answered.add(patterns[position] ?? '');
    if (answered.size === patterns.length) break;
  }
  return answered;
}

const NO_MATCH: Readonly<Record<Thing, string>> = {
  vm: 'matches no VM',
  'vm-name': 'matches no VM',
  host: 'matches no host',
  tag: 'is no tag of any VM',
  kind: 'is the kind of no checkpoint at present',
  checkpoint: 'matches no checkpoint at present',
  'checkpoint-name': 'matches no checkpoint at present',
  notes: 'matches the notes of no checkpoint at present',
};

/** Kinds are known to be spelt as they are defined, and notes are no names. */
const WITHOUT_NEAREST: ReadonlySet<Thing> = new Set(['kind', 'notes']);

/** For so many of a sort a near name is looked for; nobody reads on that long. */
const MOST_NEAREST = 20;
const LONGEST_SHOWN = 60;

function describe(
  thing: Thing,
  lists: readonly PatternList[],
  unanswered: ReadonlyMap<PatternList, readonly string[]>,
  named: readonly Named[],
): readonly Unmatched[] {
  const nearestTo = compileNearest(named.map(({ name }) => name));
  let looked = 0;
  return lists.flatMap((list) =>
    (unanswered.get(list) ?? []).map((pattern): Unmatched => {
      const isLookedFor = !WITHOUT_NEAREST.has(thing) && looked++ < MOST_NEAREST;
      const nearest = !isLookedFor
        ? null
        : ((thing === 'host' ? hostOf(pattern, named) : null) ?? nearestTo(pattern));
      const meant = nearest === null ? '' : `; nearest is "${plainText(nearest, LONGEST_SHOWN)}"`;
      const message = `"${plainText(pattern, LONGEST_SHOWN)}" ${NO_MATCH[thing]}${meant}`;
      return { source: list.source, pattern, nearest, message };
    }),
  );
}

/** Hosts go by the names of the configuration, and people write `hv01.corp.example` for hv01. */
function hostOf(pattern: string, named: readonly Named[]): string | null {
  const [label = ''] = foldCase(pattern).split('.', 1);
  return named.find(({ name }) => foldCase(name) === label)?.name ?? null;
}

/** The entries of which no VM, or none of its checkpoints, is matched by all lists. */
function unmatchedTogether(
  entries: readonly PatternEntry[],
  vms: readonly ListedVm[],
  hasCheckpoints: boolean,
): readonly Unmatched[] {
  const several = entries.filter(
    ({ type, lists }) => (type === 'override' || type === 'exception') && lists.length > 1,
  );
  const select = compileSelections(several.map((entry) => entry.select));
  const checkpoints = several.map(({ kind, checkpoint }) => compileCheckpoints(kind, checkpoint));
  const naming = new Set<number>();
  const covering = new Set<number>();
  for (const listed of several.length === 0 ? [] : vms) {
    for (const position of select(listed)) {
      naming.add(position);
      const matches = checkpoints[position];
      if (matches !== undefined && !covering.has(position) && matches(listed)) covering.add(position);
    }
  }
  return several.flatMap((entry, position): readonly Unmatched[] => {
    if (!naming.has(position)) return [together(entry, 'names no VM', ['vm', 'host', 'tag'])];
    if (!hasCheckpoints || covering.has(position)) return [];
    return [together(entry, 'covers no checkpoint at present', ['vm', 'host', 'tag', 'kind', 'checkpoint'])];
  });
}

/** Whether any checkpoint of a VM is meant; without kind and checkpoint the VM itself is. */
function compileCheckpoints(
  kinds: readonly string[],
  patterns: readonly string[],
): (listed: ListedVm) => boolean {
  if (kinds.length === 0 && patterns.length === 0) return () => true;
  const matches = compileNamePatterns(patterns);
  return ({ checkpoints }) =>
    checkpoints.some((each) => (kinds.length === 0 || kinds.includes(each.kind)) && matches(each));
}

function together({ source, lists }: PatternEntry, what: string, options: readonly string[]): Unmatched {
  const given = lists.map(({ option }) => option).filter((option) => options.includes(option));
  const names = `${given.slice(0, -1).join(', ')} and ${given.at(-1)}`;
  const message = `${what}: ${names} each match something, but nothing matches ${given.length === 2 ? 'both' : 'all of them'}`;
  return { source, pattern: null, nearest: null, message };
}
