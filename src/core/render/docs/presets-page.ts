import { KIND_PRESETS, type KindPreset } from '../../policy/presets.ts';
import type { Levels } from '../../rules/rule.ts';
import { formatDurationExact } from '../../units.ts';

/** docs/presets.md, made from the presets themselves. */
export function presetsPage(): string {
  return [
    '# Presets of kinds',
    '',
    '<!-- Generated from src/core/policy/presets.ts by "npm run golden". Do not edit. -->',
    '',
    'Products that keep ordinary checkpoints on purpose, or leave them behind for a while. None is on until `kind_presets`',
    'names it: on a site without the product the same name would hide a forgotten checkpoint. A preset is in here only with',
    'a public source for its pattern; what a site names itself belongs into `kinds` ([policy.md](policy.md)).',
    'What a preset says about VMs goes before `rules` and behind `overrides`; a rule that is off below `rules` stays off.',
    '',
    ...KIND_PRESETS.flatMap(presetLines),
  ].join('\n');
}

function presetLines(preset: KindPreset): readonly string[] {
  const { name, summary, evidence, advice } = preset;
  return [
    `## ${name}`,
    '',
    summary,
    '',
    `- **Known by** ${knownBy(preset)}, of Hyper-V's kinds ${preset.of.join(', ')}.`,
    `- **Age**: ${ageText(preset.ageMs)}.`,
    ...vmRuleLines(preset),
    `- **Advice**: ${advice}.`,
    `- **Source**: ${evidence}`,
    '',
  ];
}

function knownBy({ vm, checkpoint }: KindPreset): string {
  const patterns = (all: readonly string[]): string => all.map((pattern) => `\`${pattern}\``).join(', ');
  return [
    ...(vm.length === 0 ? [] : [`the name of the VM: ${patterns(vm)}`]),
    ...(checkpoint.length === 0 ? [] : [`the name of the checkpoint: ${patterns(checkpoint)}`]),
  ].join(', and ');
}

function ageText({ warning, critical }: Levels<number>): string {
  if (warning === null && critical === null) return 'not judged';
  const level = (name: string, limit: number | null): readonly string[] =>
    limit === null ? [] : [`${name} above ${formatDurationExact(limit)}`];
  return [...level('a warning', warning), ...level('critical', critical)].join(', ');
}

function vmRuleLines({ vmRules }: KindPreset): readonly string[] {
  const rules = Object.entries(vmRules).map(([rule, levels]) =>
    levels === null
      ? `${rule} off`
      : `${rule} a warning above ${levels.warning ?? '-'}, critical above ${levels.critical ?? '-'}`,
  );
  return rules.length === 0 ? [] : [`- **On these VMs**: ${rules.join('; ')}.`];
}
