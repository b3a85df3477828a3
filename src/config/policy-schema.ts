import * as z from 'zod';
import { KIND_PRESETS } from '../core/policy/presets.ts';
import { type LeafSpec, leaf } from './leaf.ts';
import { PATTERNS, text, texts, UNTIL } from './leaves.ts';
import { OVERRIDDEN_RULES_SCHEMA } from './rules-schema.ts';

/** How many of each a file may hold: what keeps a mistake of a generator from stalling the agent. */
const MOST_OVERRIDES = 2000;
const MOST_EXCEPTIONS = 5000;

/** An option that may be left out, which is nothing and not a default. */
function maybe<T>(spec: LeafSpec<T>, description: string): z.ZodOptional<z.ZodType<T>> {
  return leaf(spec).optional().meta({ title: spec.title, description });
}

function needed<T>(spec: LeafSpec<T>, description: string, example: unknown): z.ZodType<T> {
  return leaf(spec).meta({ title: spec.title, ...spec.json, description, shownExample: example });
}

const SELECTION = {
  vm: maybe(PATTERNS, 'Names of VMs, or whole ids.'),
  host: maybe(PATTERNS, 'Names of hosts.'),
  tag: maybe(PATTERNS, 'Tags of VMs, from `tags` or from `[ckpt:tag=…]` in the notes of the VM.'),
};

const KIND = z
  .strictObject({
    checkpoint: maybe(PATTERNS, 'Names of checkpoints.'),
    notes: maybe(PATTERNS, 'Notes of checkpoints.'),
    vm: maybe(PATTERNS, 'Names of VMs.'),
    of: maybe(
      texts('a kind such as user, or a list of them'),
      "Which of Hyper-V's own kinds it can be: user, automatic, unknown, backup. Left out: all but backup.",
    ),
    advice: maybe(
      text('text', 'text such as "Remove it in the console of the product"'),
      'What to do with such a checkpoint.',
    ),
  })
  .meta({ description: 'A kind; all that is given must match.' });

const OVERRIDE = z
  .strictObject({
    ...SELECTION,
    rules: OVERRIDDEN_RULES_SCHEMA.optional().meta({
      description: 'As in the section rules; what is left out stays as it is.',
    }),
  })
  .meta({ description: 'Other thresholds for some VMs; all selectors that are given must match.' });

const EXCEPTION = z
  .strictObject({
    ...SELECTION,
    kind: maybe(texts('a kind such as user, or a list of them'), 'Kinds of checkpoints.'),
    checkpoint: maybe(
      PATTERNS,
      'Names of checkpoints, or whole ids. Without kind and checkpoint, findings about the VM as a whole are covered too.',
    ),
    rules: maybe(
      texts('a rule such as checkpoint-age, or a list of them'),
      'What is covered. Left out: checkpoint-age, checkpoint-count.',
    ),
    reason: needed(text('text', 'text such as "training image"'), 'Why; shown everywhere.', 'training image'),
    until: needed(
      UNTIL,
      'The last day it covers, or a moment. On the day after the findings are back.',
      '2026-12-31',
    ),
    owner: maybe(text('text', 'a name such as j.doe'), 'Whose it is.'),
  })
  .meta({ description: 'Findings that somebody has decided to live with, until a day.' });

/** The sections of the configuration that say whose checkpoint it is and how long it may live. */
export const POLICY_SECTIONS = {
  kind_presets: maybe(
    texts(`the name of a preset such as ${KIND_PRESETS[0]?.name}, or a list of them`),
    `Kinds of checkpoints that products keep on purpose, switched on by name: ${KIND_PRESETS.map(({ name }) => name).join(', ')}.`,
  ),
  kinds: z
    .record(z.string(), KIND)
    .optional()
    .meta({
      title: 'kinds by name',
      description:
        'Kinds of checkpoints of your own, by patterns (`*` and `?`, case does not count). Of several that match the last holds. Their thresholds stand below `rules` under their names; without any they are judged as user checkpoints.',
      shownExample: { golden: { checkpoint: 'golden*', advice: 'Ask the training team' } },
    }),
  tags: z
    .record(z.string(), leaf(PATTERNS).meta({ title: PATTERNS.title }))
    .optional()
    .meta({
      title: 'patterns by tag',
      description:
        'Tags of VMs by their names, for `overrides` and `exceptions`. VMs also carry the tags of `[ckpt:tag=…]` in their notes. The tag `never` says that a VM should have no checkpoints (rule guest-role).',
      shownExample: { prod: ['sql*', 'erp*'] },
    }),
  overrides: z
    .array(OVERRIDE)
    .max(MOST_OVERRIDES)
    .optional()
    .meta({
      title: 'list of overrides',
      description:
        'Other thresholds for some VMs, by name, host or tag. In the order of the file the last match holds, for each level by itself. "checkpoint-agent config show --vm NAME" shows what comes of it.',
      shownExample: [{ tag: 'prod', rules: { 'checkpoint-age': { warning: '1d', critical: '3d' } } }],
    }),
  exceptions: z
    .array(EXCEPTION)
    .max(MOST_EXCEPTIONS)
    .optional()
    .meta({
      title: 'list of exceptions',
      description:
        'Findings that somebody has decided to live with, with a reason and a last day. They stay visible and are counted, and come back by themselves.',
      shownExample: [
        { vm: 'LAB09', checkpoint: 'golden', reason: 'training image', until: '2026-12-31', owner: 'j.doe' },
      ],
    }),
};
