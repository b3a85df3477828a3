import { configJsonSchema, optionsOf, type SchemaNode } from './json-schema.ts';
import { commentLines, flow, type WrittenValue, writtenValue, yamlLines } from './yaml-write.ts';

const HEAD = `# yaml-language-server: $schema=./agent.schema.json
#
# Every option of hyperv-checkpoint-agent. Text begins with "# ". A line that begins with "#" and the name of an option
# shows its default (or an example, where mail needs a value): take the # away to change it. All of it may be left out.
#
# Durations: 90s, 15m, 36h, 3d, 1d12h. Sizes: 50GiB (1024-based), 10GB (1000-based). Percentages: 10%.
# Windows paths go into single quotes. Changes are used within seconds; a file with mistakes is not used at all:
# "checkpoint-agent config check" says where they are.
#
# Made from the schema by "npm run golden"; do not edit here.
`;

/** The text of `config/agent.example.yml`: the defaults as they stand, and also when every option is uncommented. */
export function exampleConfig(): string {
  const sections = Object.entries(optionsOf(configJsonSchema())).map(([name, node]) =>
    optionText(name, node, { indent: '', isRequired: false }),
  );
  return `${[HEAD, ...sections].join('\n')}`;
}

interface Place {
  readonly indent: string;
  /** A head without options is an empty section; one that others need must then not be there at all. */
  readonly isRequired: boolean;
}

function optionText(name: string, node: SchemaNode, { indent, isRequired }: Place): string {
  const explained = commentLines(node.description ?? '', `${indent}# `);
  if (name === 'rules' && indent === '') return `${explained}rules:\n${rulesText(node)}`;
  const options = Object.entries(optionsOf(node));
  if (options.length === 0) return `${explained}${indent}#${name}: ${flow(shownValue(node))}\n`;
  const inner = options.map(([key, child]) =>
    optionText(key, child, { indent: `${indent}  `, isRequired: node.required?.includes(key) === true }),
  );
  return `${explained}${indent}${isRequired ? '#' : ''}${name}:\n${inner.join('')}`;
}

function rulesText(node: SchemaNode): string {
  const rules = Object.entries(optionsOf(node)).map(([id, rule]) => {
    const lines = yamlLines({ [id]: writtenValue(rule.default) }, ['rules']);
    const text = lines.map((line) => line.text.replace(/^ */, (indent) => `${indent}#`)).join('\n');
    return `${commentLines(rule.description ?? '', '  # ')}${text}\n`;
  });
  return rules.join('');
}

function shownValue(node: SchemaNode): WrittenValue {
  return writtenValue(node.default ?? node.examples?.[0] ?? null);
}
