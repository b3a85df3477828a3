import type { Vm } from '../model.ts';
import { compilePattern, compilePatterns, foldCase, hasWildcard, type Matcher } from '../wildcard.ts';
import type { VmSelection } from './policy.ts';

/** A VM as selections see it. */
export interface SelectableVm {
  readonly vm: Pick<Vm, 'id' | 'name'>;
  readonly host: string;
  /** In lower case. */
  readonly tags: readonly string[];
}

/** Positions of the selections that a VM falls under, ascending. */
export type Select = (vm: SelectableVm) => readonly number[];

const NONE: readonly number[] = [];

/**
 * Compiles selections: of each, every list that is not empty must match, and within a list one match is enough.
 * Hundreds of them meet thousands of VMs at every scan, so only those patterns are tried that a name, or its beginning
 * or end, leads to, and those that nothing leads to.
 */
export function compileSelections(selections: readonly VmSelection[]): Select {
  if (selections.length === 0) return () => NONE;
  const { byName, byId } = createVmIndex(selections);
  const others = selections.map(compileOthers);
  const withoutVm = selections.flatMap(({ vm }, position) => (vm.length === 0 ? [position] : []));
  return remembering(({ vm, host, tags }) => {
    const found: number[] = [];
    byName(foldCase(vm.name), found);
    byId(foldCase(vm.id), found);
    for (const position of withoutVm) found.push(position);
    if (found.length === 0) return NONE;
    const foldedHost = foldCase(host);
    const matching = found.filter((position) => others[position]?.(foldedHost, tags) !== false);
    return matching.length < 2 ? matching : [...new Set(matching)].sort((a, b) => a - b);
  });
}

/** So many VMs that a site has fewer; more would be names that come and go. */
const MOST_REMEMBERED = 100_000;

interface Remembered {
  readonly name: string;
  readonly tags: readonly string[];
  readonly positions: readonly number[];
}

/** From scan to scan the VMs stay the same. */
function remembering(select: Select): Select {
  const ofHosts = new Map<string, Map<string, Remembered>>();
  let remembered = 0;
  const shared = sharing();
  return (selectable) => {
    const { vm, host, tags } = selectable;
    const ofHost = ofHosts.get(host) ?? new Map<string, Remembered>();
    const before = ofHost.get(vm.id);
    if (before?.name === vm.name && isSame(before.tags, tags)) return before.positions;
    if (before === undefined) remembered++;
    if (remembered > MOST_REMEMBERED) {
      ofHosts.clear();
      ofHost.clear();
      shared.clear();
      remembered = 1;
    }
    const positions = shared.of(select(selectable));
    ofHost.set(vm.id, { name: vm.name, tags, positions });
    ofHosts.set(host, ofHost);
    return positions;
  };
}

function isSame(a: readonly (string | number)[], b: readonly (string | number)[]): boolean {
  return a === b || (a.length === b.length && a.every((value, at) => value === b[at]));
}

/** Thousands of selections for everybody would else be remembered once for each of thousands of VMs. */
function sharing(): { of(list: readonly number[]): readonly number[]; clear(): void } {
  const lists = new Map<number, (readonly number[])[]>();
  return {
    of(list) {
      if (list.length < 2) return list;
      const hash = list.reduce((sum, position) => (Math.imul(sum, 31) + position) | 0, list.length);
      const alike = lists.get(hash) ?? [];
      const same = alike.find((other) => isSame(other, list));
      if (same !== undefined) return same;
      alike.push(list);
      lists.set(hash, alike);
      return list;
    },
    clear: () => lists.clear(),
  };
}

/** Whether host and tags match; `null` when every host and tag does. */
function compileOthers({
  host,
  tag,
}: VmSelection): ((foldedHost: string, tags: readonly string[]) => boolean) | null {
  if (host.length === 0 && tag.length === 0) return null;
  const matchesHost = host.length === 0 ? null : compilePatterns(host);
  const matchesTag = tag.length === 0 ? null : compilePatterns(tag);
  return (foldedHost, tags) =>
    (matchesHost === null || matchesHost(foldedHost)) && (matchesTag === null || tags.some(matchesTag));
}

/** A pattern of the selection at a position; `matches` is `null` when what led to it is all of the pattern. */
interface Entry {
  readonly position: number;
  readonly matches: Matcher | null;
}

type Index = Map<string, Entry[]>;

/** Adds the positions of the selections that have a pattern for a text, in any order, perhaps twice. */
type Collect = (folded: string, into: number[]) => void;

/**
 * What each selection names VMs by. An id is only known whole: `dc*` means names, and would else now and then mean a
 * VM whose random id happens to begin like that.
 */
function createVmIndex(selections: readonly VmSelection[]): {
  readonly byName: Collect;
  readonly byId: Collect;
} {
  const whole: Index = new Map();
  const beginnings = new Map<number, Index>();
  const endings = new Map<number, Index>();
  const rest: Entry[] = [];
  for (const [position, { vm }] of selections.entries()) {
    for (const pattern of vm) place(foldCase(pattern), position);
  }
  function place(pattern: string, position: number): void {
    if (!hasWildcard(pattern)) {
      add(whole, pattern, { position, matches: null });
      return;
    }
    const prefix = pattern.split(/[*?]/, 1)[0] ?? '';
    const suffix = /[^*?]*$/.exec(pattern)?.[0] ?? '';
    const isPrefixAlone = pattern === `${prefix}*`;
    const isSuffixAlone = pattern === `*${suffix}`;
    const entry = { position, matches: isPrefixAlone || isSuffixAlone ? null : compilePattern(pattern) };
    if (prefix === '' && suffix === '') rest.push(entry);
    else if (prefix.length >= suffix.length) add(ofLength(beginnings, prefix.length), prefix, entry);
    else add(ofLength(endings, suffix.length), suffix, entry);
  }
  const byId: Collect = (text, into) => take(whole.get(text), text, into);
  const byName: Collect = (text, into) => {
    take(whole.get(text), text, into);
    for (const [length, index] of beginnings) take(index.get(text.slice(0, length)), text, into);
    for (const [length, index] of endings) {
      if (length <= text.length) take(index.get(text.slice(text.length - length)), text, into);
    }
    take(rest, text, into);
  };
  return { byName, byId };
}

function take(entries: readonly Entry[] | undefined, text: string, into: number[]): void {
  if (entries === undefined) return;
  for (const { position, matches } of entries) {
    if (matches === null || matches(text)) into.push(position);
  }
}

function ofLength(indices: Map<number, Index>, length: number): Index {
  const known = indices.get(length);
  if (known !== undefined) return known;
  const index: Index = new Map();
  indices.set(length, index);
  return index;
}

function add(index: Index, key: string, entry: Entry): void {
  const known = index.get(key);
  if (known === undefined) index.set(key, [entry]);
  else known.push(entry);
}
