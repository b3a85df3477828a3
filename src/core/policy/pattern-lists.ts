import type { PolicyConfig, SourcePlace, VmSelection } from './policy.ts';

/** What the patterns of a list are compared with. */
export type Thing = 'vm' | 'vm-name' | 'host' | 'tag' | 'kind' | 'checkpoint' | 'checkpoint-name' | 'notes';

/** One list of patterns of the configuration. */
export interface PatternList {
  /** Such as `vm`. */
  readonly option: string;
  readonly thing: Thing;
  readonly patterns: readonly string[];
  /** Of the list itself. */
  readonly source: SourcePlace;
}

/** An entry of the configuration file with its lists of patterns; those that are empty left out. */
export interface PatternEntry {
  readonly type: 'kind' | 'tag' | 'override' | 'exception';
  readonly lists: readonly PatternList[];
  readonly source: SourcePlace;
  /** Of overrides and exceptions: the VMs it is for. */
  readonly select: VmSelection;
  /** Of exceptions: the checkpoints it is for. */
  readonly kind: readonly string[];
  readonly checkpoint: readonly string[];
}

const EVERY_VM: VmSelection = { vm: [], host: [], tag: [] };

/** The entries of the file that hold patterns, in the order of its sections. What presets bring is none of the file. */
export function patternEntries({
  kinds,
  tags,
  overrides,
  exceptions,
}: PolicyConfig): readonly PatternEntry[] {
  const none = { select: EVERY_VM, kind: [], checkpoint: [] };
  return [
    ...kinds.map(({ source, vm, checkpoint, notes }): PatternEntry => {
      const lists = listsOf(source, {
        vm: ['vm-name', vm],
        checkpoint: ['checkpoint-name', checkpoint],
        notes: ['notes', notes],
      });
      return { ...none, type: 'kind', source, lists };
    }),
    ...tags.map(({ source, vm }): PatternEntry => {
      return { ...none, type: 'tag', source, lists: [{ option: '', thing: 'vm', patterns: vm, source }] };
    }),
    ...overrides.map(({ source, select }): PatternEntry => {
      return { ...none, type: 'override', source, select, lists: listsOf(source, selectionLists(select)) };
    }),
    ...exceptions.map(({ source, select, kind, checkpoint }): PatternEntry => {
      const lists = listsOf(source, {
        ...selectionLists(select),
        kind: ['kind', kind],
        checkpoint: ['checkpoint', checkpoint],
      });
      return { type: 'exception', source, select, kind, checkpoint, lists };
    }),
  ].filter(({ source }) => source.line !== null);
}

type Lists = Readonly<Record<string, readonly [thing: Thing, patterns: readonly string[]]>>;

function selectionLists({ vm, host, tag }: VmSelection): Lists {
  return { vm: ['vm', vm], host: ['host', host], tag: ['tag', tag] };
}

function listsOf({ path, line, lines }: SourcePlace, lists: Lists): readonly PatternList[] {
  return Object.entries(lists).flatMap(([option, [thing, patterns]]): readonly PatternList[] =>
    patterns.length === 0
      ? []
      : [{ option, thing, patterns, source: { path: `${path}.${option}`, line: lines?.[option] ?? line } }],
  );
}
