import { RULES } from '../core/rules/index.ts';
import { configJsonSchema, optionsOf, ownOptionOf, type SchemaNode } from './json-schema.ts';
import { writeDefaultRules } from './rules-write.ts';
import { flow, isSection, type WrittenValue, writtenValue, yamlLines } from './yaml-write.ts';

const HEAD = `# Configuration

<!-- Made from the schema in src/config/ by "npm run golden"; do not edit here. -->

One YAML file, and every option of it may be left out. Without a file this machine is watched with the defaults below,
the page is served on loopback only, and no mail is sent.

| | Windows | Linux |
| --- | --- | --- |
| file, unless \`--config\` names one | \`%ProgramData%\\hyperv-checkpoint-agent\\agent.yml\` | \`$XDG_CONFIG_HOME/hyperv-checkpoint-agent/agent.yml\` (\`~/.config/…\`) |

- \`checkpoint-agent config check\` says everything that is wrong at once, with line and column; exit code 78 when something is.
- \`checkpoint-agent config show\` prints the configuration in force, with \`# default\` behind what the file does not change. Passwords are never in it.
- \`checkpoint-agent config init\` writes a commented file to start from; \`config schema\` prints the JSON Schema that gives editors completion.
- A running agent takes up changes by itself. A file with mistakes is not used: the configuration in force stays. One
  that another program holds, or that Windows does not let the agent read, is tried again every second.

How values are written:

- **Durations**: \`90s\`, \`15m\`, \`36h\`, \`3d\`, \`1d12h\`, \`2w\`. **Sizes**: \`50GiB\` counts by 1024, \`10GB\` by 1000. **Percentages**: \`10%\`.
- **Paths** are relative to the folder of the file. Put Windows paths and \`DOMAIN\\user\` in single quotes: in double quotes a backslash begins an escape.
- **Passwords** are never in the file, only the name of a file or environment variable that holds them.
- An option without a value, such as \`external_url:\` or \`external_url: null\`, has its default. Below \`rules\`, \`null\` turns a rule or level off.
`;

/** The text of `docs/configuration.md`. */
export function configReference(): string {
  const sections = Object.entries(optionsOf(configJsonSchema())).map(([name, node]) =>
    name === 'rules' ? rulesReference(node) : sectionReference(name, node),
  );
  return `${HEAD}\n${sections.join('\n')}`;
}

function sectionReference(name: string, node: SchemaNode): string {
  const rows = optionRows(name, node);
  const table = ['| option | default | written as | meaning |', '| --- | --- | --- | --- |', ...rows].join(
    '\n',
  );
  const isSingle = Object.keys(optionsOf(node)).length === 0;
  return `## ${name}\n\n${isSingle ? '' : `${node.description}\n\n`}${table}\n${exampleText(name, node)}`;
}

/** What is easier shown than described. */
function exampleText(name: string, { examples, items, additionalProperties }: SchemaNode): string {
  const example = examples?.[0];
  if (example === undefined || (items === undefined && typeof additionalProperties !== 'object')) return '';
  const lines = yamlLines({ [name]: writtenValue(example) });
  return `\n\`\`\`yaml\n${lines.map(({ text }) => text).join('\n')}\n\`\`\`\n`;
}

function optionRows(name: string, node: SchemaNode): readonly string[] {
  const options = Object.entries(optionsOf(node));
  // Rules have a section of their own.
  if (options.length === 0 || name.endsWith('.rules')) {
    const cells = [`\`${name}\``, defaultText(node), node.title ?? '', node.description ?? ''];
    const row = `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
    const own = ownOptionOf(node);
    return [
      row,
      ...(node.items === undefined ? [] : innerRows(`${name}[]`, node.items)),
      ...(own === undefined || name.endsWith('.rules') ? [] : innerRows(`${name}.NAME`, own)),
    ];
  }
  return options.flatMap(([key, child]) => {
    const isRequired = node.required?.includes(key) === true && Object.keys(optionsOf(child)).length === 0;
    return optionRows(`${name}.${key}`, isRequired ? { ...child, default: REQUIRED } : child);
  });
}

/** What stands in a list, or under a name of the author's own; plain values need no rows. */
function innerRows(name: string, node: SchemaNode): readonly string[] {
  return Object.keys(optionsOf(node)).length === 0 ? [] : optionRows(name, node);
}

const REQUIRED = Symbol('required');

function defaultText({ default: value }: SchemaNode): string {
  if (value === REQUIRED) return 'needed';
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  return isPlain ? `\`${flow(value)}\`` : 'not set';
}

function rulesReference(node: SchemaNode): string {
  const defaults = writeDefaultRules();
  const rules = RULES.map(({ id, summary, why }) => {
    const rule = defaults[id];
    return `### ${id}\n\n${summary} ${why}\n\n\`\`\`yaml\n${ruleText(id, rule ?? null)}\n\`\`\`\n`;
  });
  return `## rules

${node.description} A level is crossed when the value is above it. A default that a written, harsher level overtakes is left out; a written one that can never show is a mistake. Where two overrides meet on a VM, \`config show --vm\` tells what is left.

Levels of a rule that tells kinds of checkpoints apart may stand below a kind or, for user and automatic checkpoints at once, directly below the rule: \`checkpoint-age: { warning: 3d, critical: 7d }\`. Checkpoints of unknown kind are judged as those of users, but for what is written about them. A size is one value or an absolute and a relative one, \`[50GiB, 10%]\`; either is enough to cross it. The defaults are:

${rules.join('\n')}`;
}

function ruleText(id: string, rule: WrittenValue): string {
  const lines = yamlLines(isSection(rule) ? { [id]: rule } : { [id]: null }, ['rules']);
  return `rules:\n${lines.map(({ text }) => text).join('\n')}`;
}
