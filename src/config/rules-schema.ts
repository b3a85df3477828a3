import * as z from 'zod';
import type { CheckpointKind } from '../core/model.ts';
import { DEFAULT_RULES, RULES, type RuleId } from '../core/rules/index.ts';
import type { LimitType, OptionShape } from '../core/rules/rule.ts';
import { SEVERITIES, type Severity } from '../core/severity.ts';
import { type JsonFragment, leaf, leafOrNull } from './leaf.ts';
import { oneOf } from './leaves.ts';
import { type Limit, limitLeaf } from './limits.ts';
import { writeRule } from './rules-write.ts';

/** Levels as read from the file: a level left out keeps its default, `null` is off. */
export type WrittenLevels = Readonly<Partial<Record<Severity, Limit | null | undefined>>>;

/** A rule's section as read from the file: levels, levels below kinds, or a severity. */
export type WrittenRule = Readonly<Record<string, Limit | WrittenLevels | Severity | null | undefined>>;

const LEVEL_DESCRIPTIONS: Readonly<Record<Severity, string>> = {
  info: 'Shown and reported above this, but never a mail of its own. `null`: off.',
  warning: 'A warning above this. `null`: off.',
  critical: 'Critical above this. `null`: off.',
};

/** The schema of `rules`, made from the registry: a new rule needs nothing here. */
export const RULES_SCHEMA = z.strictObject(
  Object.fromEntries(
    RULES.map((rule) => [
      rule.id,
      ruleSchema(rule.options)
        .nullable()
        .optional()
        .meta({
          description: `${rule.summary} \`null\`: off.`,
          shownDefault: defaultOf(rule.id, rule.options),
        }),
    ]),
  ),
);

function defaultOf(id: RuleId, shape: OptionShape): JsonFragment | null {
  return writeRule(shape, DEFAULT_RULES[id]);
}

function ruleSchema(shape: OptionShape): z.ZodType<WrittenRule> {
  if (shape.type === 'severity') {
    const severity = leaf(oneOf(SEVERITIES)).optional().meta({ description: 'How bad it is.' });
    return z.strictObject({ severity });
  }
  const levels = levelsShape(shape.limit);
  if (shape.type === 'levels') return z.strictObject(levels);
  const flat = `for ${shape.flat.join(' and ')} checkpoints, unless their own section says otherwise`;
  return z.strictObject({ ...levelsShape(shape.limit, flat), ...kindsShape(shape.kinds, shape.limit) });
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
): Readonly<Record<string, z.ZodType<WrittenLevels | undefined>>> {
  return Object.fromEntries(
    kinds.map((kind) => [
      kind,
      z
        .strictObject(levelsShape(limit))
        .optional()
        .meta({ description: `Levels for ${kind} checkpoints.` }),
    ]),
  );
}
