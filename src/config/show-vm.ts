import { isGuid } from '../core/guid.ts';
import { compilePolicy, type Policy } from '../core/policy/compile.ts';
import { definitionsOfTag, overridesNaming } from '../core/policy/naming.ts';
import type { SourcePlace } from '../core/policy/policy.ts';
import { isRuleAboutVms, resolvedWithoutOverrides } from '../core/policy/without-overrides.ts';
import { padTo, plainText } from '../core/render/plain-text.ts';
import { RULES, type RuleId } from '../core/rules/index.ts';
import { hasWildcard } from '../core/wildcard.ts';
import type { Config } from './config.ts';
import { type OptionRow, offText, optionRows } from './show-rule.ts';

/** A VM, as far as the configuration alone can tell. */
export interface ShownVm {
  readonly name: string;
  /** `null`: the one host of the configuration, where it is one. */
  readonly host: string | null;
  /** Tags that it has besides those of the configuration: those of its notes are not known here. */
  readonly tags: readonly string[];
  /** One rule; `null` for all that judge VMs. */
  readonly rule: RuleId | null;
}

const NAME_LENGTH = 120;

/** What holds for a VM: every option of every rule, each with where it comes from. */
export function showForVm({ policy: config, hosts }: Config, shown: ShownVm): string {
  const policy = compilePolicy(config);
  const host = shown.host ?? (hosts.length === 1 ? (hosts[0] ?? '') : '');
  // An override may name the VM by its id, and so may whoever asks.
  const isId = isGuid(shown.name);
  const vm = { id: shown.name, name: isId ? '' : shown.name };
  const tags = policy.tagsOf(
    vm,
    shown.tags.map((tag) => tag.toLowerCase()),
  );
  const asked = { vm, host, tags };
  const resolved = policy.resolvedFor(asked);
  const base = resolvedWithoutOverrides(policy);
  const rules = RULES.filter((rule) =>
    shown.rule === null ? isRuleAboutVms(rule.id) : rule.id === shown.rule,
  );
  const blocks = rules.map((rule) => {
    // No override changes what is not about VMs.
    const own = (isRuleAboutVms(rule.id) ? resolved : base).get(rule.id);
    const off = own === undefined ? null : offText(own);
    const isShown = own !== undefined && off === null;
    return {
      head: off === null ? rule.id : `${rule.id}: ${plainText(off, 200)}`,
      rows: isShown ? optionRows(rule, own) : [],
    };
  });
  const widths = columnWidths(blocks.flatMap(({ rows }) => rows));
  const where = host === '' ? '' : ` on ${plainText(host, NAME_LENGTH)}`;
  return [
    `${plainText(shown.name, NAME_LENGTH)}${where} · tags: ${tagsText(tags, vm, policy)} · overrides: ${overridesText(policy, asked)}`,
    'Tags in the notes of the VM are not known here: --tag gives them. "explain" shows what was read.',
    ...(hasWildcard(shown.name)
      ? ['Nothing in --vm is a wildcard: this is what holds for a VM of exactly that name.']
      : []),
    ...(isId
      ? ['The name of a VM with this id is not known here: what names it by its name is left out.']
      : []),
    ...blocks.flatMap(({ head, rows }) => ['', head, ...rows.map((row) => lineOf(row, widths))]),
  ]
    .map((line) => `${line}\n`)
    .join('');
}

function tagsText(tags: readonly string[], vm: { id: string; name: string }, policy: Policy): string {
  const texts = tags.map((tag) => {
    const places = definitionsOfTag(policy.config, tag, vm).map(({ source }) => placeText(source));
    return `${plainText(tag, 64)} (${places.length === 0 ? 'given' : places.join(', ')})`;
  });
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function overridesText({ config }: Policy, asked: Parameters<typeof overridesNaming>[1]): string {
  const texts = overridesNaming(config, asked).map(({ source }) => placeText(source));
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function placeText({ line, path }: SourcePlace): string {
  return line === null ? plainText(path, 80) : `line ${line}`;
}

function columnWidths(rows: readonly OptionRow[]): readonly number[] {
  return [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)));
}

function lineOf(row: OptionRow, widths: readonly number[]): string {
  const cells = row.map((text, column) => padTo(plainText(text, 300), widths[column] ?? 0));
  return `  ${cells.filter((_, column) => widths[column] !== 0).join('  ')}`.trimEnd();
}
