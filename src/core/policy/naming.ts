import { compileNamePatterns, foldCase } from '../wildcard.ts';
import type { PolicyConfig, RuleOverride, TagDefinition } from './policy.ts';
import { compileSelections, type SelectableVm } from './selector.ts';

/** The overrides that name a VM, in order: presets' first, then the file's. */
export function overridesNaming({ overrides }: PolicyConfig, vm: SelectableVm): readonly RuleOverride[] {
  const select = compileSelections(overrides.map((override) => override.select));
  return select(vm).flatMap((position) => overrides[position] ?? []);
}

/** The definitions of the configuration that give a VM a tag. */
export function definitionsOfTag(
  { tags }: PolicyConfig,
  tag: string,
  vm: SelectableVm['vm'],
): readonly TagDefinition[] {
  return tags.filter((each) => foldCase(each.tag) === tag && compileNamePatterns(each.vm)(vm));
}
