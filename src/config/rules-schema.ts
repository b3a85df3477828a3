import * as z from 'zod';
import type { CheckpointKind } from '../core/model.ts';
import { RULES } from '../core/rules/index.ts';
import type { FieldShape, Limit, LimitType, OptionShape } from '../core/rules/rule.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import { type JsonFragment, leaf, leafOrNull } from './leaf.ts';
import { BOOLEAN, oneOf, words } from './leaves.ts';
import { limitLeaf } from './limits.ts';
import { defaultOptions, writeRule } from './rules-write.ts';

/** Levels as read from the file: a level left out keeps its default, `null` is off. */
export type WrittenLevels = Readonly<Partial<Record<Severity, Limit | null | undefined>>>;

/** A rule's section as read from the file: levels, levels below kinds, or options of its own. */
export type WrittenRule = Readonly<Record<string, unknown>>;

/** The section `rules` as read from the file. */
export type WrittenRules = Readonly<Record<string, WrittenRule | null | undefined>>;

const LEVEL_DESCRIPTIONS: Readonly<Record<Severity, string>> = {
  info: 'Shown and reported above this, but never a mail of its own. `null`: off.',
  warning: 'A warning above this. `null`: off.',
  critical: 'Critical above this. `null`: off.',
};

/** The schema of `rules`, made from the registry: a new rule needs nothing here. */
export const RULES_SCHEMA = rulesSchema(true);

/** The same for other thresholds of some VMs, where nothing has a default. */
export const OVERRIDDEN_RULES_SCHEMA = rulesSchema(false);

function rulesSchema(hasDefaults: boolean): z.ZodType<WrittenRules> {
  return z.strictObject(
    Object.fromEntries(
      RULES.map((rule) => [
        rule.id,
        ruleSchema(rule.options)
          .nullable()
          .optional()
          .meta({
            description: `${rule.summary} \`null\`: off.`,
            ...(hasDefaults ? { shownDefault: defaultOf(rule) } : {}),
          }),
      ]),
    ),
  );
}

function defaultOf(rule: (typeof RULES)[number]): JsonFragment | null {
  return writeRule(rule.options, defaultOptions(rule));
}

function ruleSchema(shape: OptionShape): z.ZodType<WrittenRule> {
  switch (shape.type) {
    case 'severity': {
      const severity = leaf(oneOf(SEVERITIES)).optional().meta({ description: 'How bad it is.' });
      return z.strictObject({ severity });
    }
    case 'fields':
      return z.strictObject(
        Object.fromEntries(Object.entries(shape.fields).map(([name, field]) => [name, fieldSchema(field)])),
      );
    case 'levels':
      return z.strictObject(levelsShape(shape.limit));
    case 'levels-by-kind': {
      const flat = `for ${shape.flat.join(' and ')} checkpoints, unless their own section says otherwise`;
      return z
        .object({ ...levelsShape(shape.limit, flat), ...kindsShape(shape.kinds, shape.limit) })
        .catchall(kindLevels(shape.limit, 'a kind of the configuration or a preset'));
    }
  }
}

function fieldSchema(field: FieldShape): z.ZodType<unknown> {
  const { description } = field;
  switch (field.type) {
    case 'severity':
      return leaf(oneOf(SEVERITIES)).optional().meta({ description });
    case 'boolean':
      return leaf(BOOLEAN).optional().meta({ description });
    case 'words':
      return leaf(words(field.words)).optional().meta({ description });
  }
}

function levelsShape(
  limit: LimitType,
  where = '',
): Readonly<Record<Severity, z.ZodType<Limit | null | undefined>>> {
  const level = (severity: Severity) =>
    leafOrNull(limitLeaf(limit))
      .optional()
      .meta({ description: `${LEVEL_DESCRIPTIONS[severity]}${where === '' ? '' : ` This is ${where}.`}` });
  return { info: level('info'), warning: level('warning'), critical: level('critical') };
}

function kindsShape(
  kinds: readonly CheckpointKind[],
  limit: LimitType,
): Readonly<Record<string, z.ZodType<WrittenLevels | null | undefined>>> {
  return Object.fromEntries(kinds.map((kind) => [kind, kindLevels(limit, kind)]));
}

function kindLevels(limit: LimitType, kind: string): z.ZodType<WrittenLevels | null | undefined> {
  return z
    .strictObject(levelsShape(limit))
    .nullable()
    .optional()
    .meta({ description: `Levels for ${kind} checkpoints. \`null\`: off.` });
}
