import { CHECKPOINT_KINDS } from '../../core/model.ts';
import { KIND_PRESETS } from '../../core/policy/presets.ts';
import { RULES } from '../../core/rules/index.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { suggest } from '../../core/suggest.ts';
import type { CheckContext } from '../check.ts';
import { KINDS_TO_NAME } from '../policy-read.ts';
import { type Complaint, caution, fault, type OptionPath, quoteValue } from '../problem.ts';

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

/** A kind needs a name that nobody else has, and something to know it by. */
export function kindsAreDefinedWell({ written }: CheckContext): readonly Complaint[] {
  const presets = written.kind_presets ?? [];
  return Object.entries(written.kinds ?? {}).flatMap(([name, kind]): readonly Complaint[] => {
    const path = ['kinds', name];
    if (!KIND_NAME.test(name)) {
      return [
        fault(
          path,
          `${quoteValue(name)} is no name of a kind; expected letters a-z, digits and hyphens, such as golden-image`,
        ),
      ];
    }
    if (isTaken(name))
      return [fault(path, `${quoteValue(name)} has a meaning of its own; expected another name`)];
    if (presets.includes(name))
      return [fault(path, `${quoteValue(name)} is switched on as a preset; expected another name`)];
    const unknown = (kind.of ?? []).filter((each) => !KINDS_TO_NAME.some((known) => known === each));
    const hasPattern = [kind.checkpoint, kind.notes, kind.vm].some((patterns) => patterns !== undefined);
    return [
      ...(hasPattern ? [] : [fault(path, 'has no pattern; expected checkpoint, notes or vm')]),
      ...unknown.map((each) => fault([...path, 'of'], unknownWord(each, 'kind', KINDS_TO_NAME))),
    ];
  });
}

function isTaken(name: string): boolean {
  return [...CHECKPOINT_KINDS, ...SEVERITIES].some((taken) => taken === name);
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

function unknownKind(key: string, known: readonly string[]): string {
  const meant = suggest(key, known);
  if (meant !== null) return `unknown key; did you mean "${meant}"?`;
  if (CHECKPOINT_KINDS.some((kind) => kind === key)) return `${key} checkpoints are not judged by this rule`;
  return `unknown key; expected one of ${known.join(', ')}; kinds of your own are defined in kinds`;
}

/** Says that a word is none of a few, with the one that was probably meant. */
export function unknownWord(word: string, what: string, known: readonly string[]): string {
  const meant = suggest(word, known);
  return `${quoteValue(word)} is no ${what}; ${meant === null ? `expected one of ${known.join(', ')}` : `did you mean "${meant}"?`}`;
}
