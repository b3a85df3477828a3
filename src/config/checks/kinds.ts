import { CHECKPOINT_KINDS } from '../../core/model.ts';
import { KIND_PRESETS } from '../../core/policy/presets.ts';
import { RULES } from '../../core/rules/index.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { suggest } from '../../core/suggest.ts';
import type { CheckContext } from '../check.ts';
import { KINDS_TO_NAME } from '../policy-read.ts';
import { type Complaint, caution, fault, type OptionPath, quoteValue } from '../problem.ts';
import { areForEverything, emptyEntries, emptySelectors, itemPath, lacks } from './entries.ts';

/** Kinds become labels of metrics and keys below rules: short plain words. */
const KIND_NAME = /^[a-z][a-z0-9-]{0,39}$/;

/** Presets are switched on by name, each once. */
export function presetsAreKnown({ written }: CheckContext): readonly Complaint[] {
  const names = written.kind_presets ?? [];
  const known = KIND_PRESETS.map(({ name }) => name);
  return names.flatMap((name, index): readonly Complaint[] => {
    const path = ['kind_presets', index];
    if (!known.includes(name)) return [fault(path, unknownWord(name, 'preset', known))];
    return names.indexOf(name) === index ? [] : [caution(path, `${quoteValue(name)} is listed twice`)];
  });
}

const KIND_OPTIONS = ['checkpoint', 'notes', 'vm', 'of', 'advice'];
const KIND_PATTERNS = ['checkpoint', 'notes', 'vm'];

/** A kind needs a name that nobody else has, and something to know it by. */
export function kindsAreDefinedWell(context: CheckContext): readonly Complaint[] {
  const { written } = context;
  const empty = emptyEntries(context, ['kinds']).map((name) =>
    fault(['kinds', name], `is empty; expected patterns, such as { checkpoint: 'golden*' }`),
  );
  const presets = written.kind_presets ?? [];
  const defined = Object.entries(written.kinds ?? {}).flatMap(([name, kind]): readonly Complaint[] => {
    const path = ['kinds', name];
    const wrongName = whyNoKindName(name, presets);
    if (wrongName !== null) return [{ ...fault(path, wrongName), at: 'key' }];
    const emptyOnes = emptySelectors(context, path, [...KIND_PATTERNS, 'of']);
    return [
      ...emptyOnes,
      ...(emptyOnes.length === 0 && lacks(context, path, KIND_PATTERNS, KIND_OPTIONS)
        ? [fault(path, 'has no pattern; expected checkpoint, notes or vm')]
        : []),
      ...(areForEverything([kind.checkpoint, kind.notes, kind.vm]) ? [caution(path, FOR_ALL)] : []),
      ...(kind.of ?? []).flatMap((each, index) =>
        KINDS_TO_NAME.some((known) => known === each)
          ? []
          : [fault(itemPath(context, [...path, 'of'], index), noKindToName(each))],
      ),
    ];
  });
  return [...empty, ...defined];
}

const FOR_ALL =
  'is the kind of every checkpoint of the host, also of those that nobody knows yet; narrow its patterns';

function whyNoKindName(name: string, presets: readonly string[]): string | null {
  if (!KIND_NAME.test(name))
    return 'is no name of a kind; expected a letter a-z, then letters, digits and hyphens, 40 at most, such as golden-image';
  if (CHECKPOINT_KINDS.some((kind) => kind === name))
    return 'is one of the kinds of Hyper-V; expected another name';
  if (SEVERITIES.some((severity) => severity === name))
    return 'is the name of a level, which would stand beside it below rules; expected another name';
  if (presets.includes(name)) return 'is a preset that is switched on; expected another name';
  return null;
}

function noKindToName(kind: string): string {
  return CHECKPOINT_KINDS.some((known) => known === kind)
    ? `${kind} checkpoints always keep their kind; expected one of ${KINDS_TO_NAME.join(', ')}`
    : unknownWord(kind, 'kind of Hyper-V', KINDS_TO_NAME);
}

/** Every kind that can be named: Hyper-V's own, those of presets, and those of the file. */
export function knownKinds({ written }: CheckContext): readonly string[] {
  return [...CHECKPOINT_KINDS, ...(written.kind_presets ?? []), ...Object.keys(written.kinds ?? {})];
}

/** Thresholds for a kind that does not exist would never be used. */
export function kindsInRulesAreKnown(context: CheckContext): readonly Complaint[] {
  const { written } = context;
  const sections: readonly (readonly [OptionPath, Readonly<Record<string, object | null | undefined>>])[] = [
    [['rules'], written.rules],
    ...(written.overrides ?? []).map(
      (override, index) => [['overrides', index, 'rules'], override.rules ?? {}] as const,
    ),
  ];
  const own = new Set([...(written.kind_presets ?? []), ...Object.keys(written.kinds ?? {})]);
  return sections.flatMap(([path, rules]) =>
    RULES.flatMap(({ id, options }) => {
      if (options.type !== 'levels-by-kind') return [];
      const known = [...SEVERITIES, ...options.kinds, ...own];
      return Object.keys(rules[id] ?? {})
        .filter((key) => !known.some((each) => each === key))
        .map((key): Complaint => ({ ...fault([...path, id, key], unknownKind(key, known)), at: 'key' }));
    }),
  );
}

function unknownKind(key: string, all: readonly string[]): string {
  const known = all.filter((each) => KIND_NAME.test(each));
  const meant = suggest(key, known);
  if (meant !== null) return `unknown key; did you mean "${meant}"?`;
  if (CHECKPOINT_KINDS.some((kind) => kind === key)) return `${key} checkpoints are not judged by this rule`;
  if (isPreset(key)) return PRESET_IS_OFF;
  return `unknown key; expected one of ${known.join(', ')}; kinds of your own are defined in kinds`;
}

const PRESET_IS_OFF = 'is a preset that is not switched on; expected it in kind_presets as well';

function isPreset(name: string): boolean {
  return KIND_PRESETS.some((preset) => preset.name === name);
}

/** What to say of a word that is no kind of this file. */
export function unknownKindName(word: string, known: readonly string[]): string {
  return isPreset(word) ? `${quoteValue(word)} ${PRESET_IS_OFF}` : unknownWord(word, 'kind', known);
}

/** Says that a word is none of a few, with the one that was probably meant. */
export function unknownWord(word: string, what: string, all: readonly string[]): string {
  // A name that is wrong itself is complained about where it stands, and suggested to nobody.
  const known = all.filter((each) => KIND_NAME.test(each));
  const meant = suggest(word, known);
  return `${quoteValue(word)} is no ${what}; ${meant === null ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`}`;
}
