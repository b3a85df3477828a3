import type { Aliases } from '../../collector/aliases.ts';
import type { Config } from '../../config/config.ts';
import { writeDefaultRules } from '../../config/rules-write.ts';
import { writeConfig } from '../../config/show.ts';
import { isSection, type WrittenValue, yamlLines } from '../../config/yaml-write.ts';
import { isBuiltInKind } from '../../core/policy/kinds.ts';
import { SEVERITIES } from '../../core/severity.ts';
import { isEverywhere, placeAlias } from './anonymous-facts.ts';

type Section = Readonly<Record<string, WrittenValue>>;

/** Options whose values say how, and never whose. By section, or by section and key; what is not listed is replaced. */
const PLAIN: ReadonlySet<string> = new Set([
  'schedule',
  'kind_presets',
  'max_declared_lifetime',
  'metrics',
  'collector.timeout',
  'collector.max_report_size',
  'log.level',
  'log.format',
  'log.max_size',
  'log.max_files',
  'mail.smtp.port',
  'mail.smtp.tls',
  'mail.smtp.timeout',
  'exceptions.rules',
  'exceptions.until',
]);
const PATHS: ReadonlySet<string> = new Set([
  'collector.powershell.executable',
  'collector.powershell.module_path',
  'log.file',
  'mail.smtp.ca_file',
  'mail.smtp.password_file',
]);
/** Keys that people choose: names of kinds and of tags. */
const NAMED_BY_PEOPLE: ReadonlySet<string> = new Set(['kinds', 'tags']);
const LEVEL = /^[\d.]+\s?[A-Za-z%]{0,3}([\d.]+[A-Za-z]{1,3})*$/;

/** The configuration in force without names: patterns keep their wildcards, thresholds stay. */
export function anonymousConfig(config: Config, aliases: Aliases): string {
  const tree = replacedSection(writeConfig(config), '', aliases);
  const lines = yamlLines(tree).map(({ text }) => text);
  return `# Effective configuration, with names replaced\n${lines.join('\n')}\n`;
}

function replacedSection(section: Section, place: string, aliases: Aliases): Section {
  return Object.fromEntries(
    Object.entries(section).map(([key, value]) => {
      const at = place === '' ? key : `${place}.${key}`;
      const shown = keyAlias(key, place, aliases);
      return [shown, replaced(value, at, aliases)];
    }),
  );
}

function keyAlias(key: string, place: string, aliases: Aliases): string {
  if (NAMED_BY_PEOPLE.has(place)) return aliases.name(place === 'tags' ? 'tag' : 'kind', key);
  // Within a rule stand levels, options, and kinds of checkpoints, some of which people have named.
  const isInRule = rulesPath(place)[0] === 'rules';
  return isInRule && !WORDS_OF_RULES.has(key) ? aliases.name('kind', key) : key;
}

/** Every key and every text in the rules as they are by default. */
const WORDS_OF_RULES: ReadonlySet<string> = new Set([...SEVERITIES, ...words(writeDefaultRules())]);

function words(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, each]) => [key, ...words(each)]);
}

/** The way to something within rules, of their own section or of an override. */
function rulesPath(place: string): readonly string[] {
  return place.replace(/^overrides\.rules/, 'rules').split('.');
}

function replaced(value: WrittenValue, place: string, aliases: Aliases): WrittenValue {
  if (Array.isArray(value)) return value.map((each: WrittenValue) => replaced(each, place, aliases));
  if (isSection(value)) return replacedSection(value, place, aliases);
  return typeof value === 'string' ? replacedText(value, place, aliases) : value;
}

function replacedText(text: string, place: string, aliases: Aliases): string {
  if (PLAIN.has(place) || PLAIN.has(place.split('.', 1)[0] ?? '')) return text;
  if (rulesPath(place)[0] === 'rules') {
    return LEVEL.test(text) || WORDS_OF_RULES.has(text) ? text : aliases.name('text', text);
  }
  if (PATHS.has(place)) return placeAlias(text, aliases);
  if (place === 'web.listen') return listenAlias(text, aliases);
  const key = place.startsWith('tags.') ? 'tags' : place.slice(place.lastIndexOf('.') + 1);
  if (key === 'kind' || key === 'of') return isBuiltInKind(text) ? text : aliases.name('kind', text);
  const known = aliases.known(text);
  return (
    known ??
    text.replace(/[^*?]+/g, (part) => aliases.known(part) ?? aliases.name(KINDS[key] ?? 'text', part))
  );
}

const KINDS: Readonly<Record<string, string>> = {
  hosts: 'host',
  host: 'host',
  vm: 'vm',
  tags: 'vm',
  tag: 'tag',
  checkpoint: 'checkpoint',
  from: 'address',
  to: 'address',
  user: 'account',
  owner: 'owner',
};

function listenAlias(listen: string, aliases: Aliases): string {
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(listen) ?? [];
  const plain = host.replace(/^\[(.*)\]$/, '$1');
  return isEverywhere(plain) ? listen : `${aliases.name('address', plain)}:${port}`;
}
