import { configJsonSchema, optionsOf, type SchemaNode } from './json-schema.ts';
import { flow, type WrittenValue, writtenValue, yamlLines } from './yaml-write.ts';

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
  const explained = wrap(node.description ?? '', `${indent}# `);
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
    return `${wrap(rule.description ?? '', '  # ')}${text}\n`;
  });
  return rules.join('');
}

function shownValue(node: SchemaNode): WrittenValue {
  return writtenValue(node.default ?? node.examples?.[0] ?? null);
}

const WIDTH = 118;

function wrap(text: string, before: string): string {
  const lines = [''];
  for (const word of text.split(' ')) {
    const line = lines.at(-1) ?? '';
    if (line === '') lines[lines.length - 1] = word;
    else if (before.length + line.length + 1 + word.length > WIDTH) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines.map((line) => `${before}${line}\n`).join('');
}

/** What `config init` writes: the few lines most people need, commented out. */
export function starterConfig(): string {
  return `# yaml-language-server: $schema=./agent.schema.json
#
# Configuration of hyperv-checkpoint-agent. As it stands it changes nothing: this machine is watched with the defaults,
# and no mail is sent. Take the # away from what you want to change, then: checkpoint-agent config check
# All options with their present values: checkpoint-agent config show

#schedule: { every: 15m }

#rules:
#  checkpoint-age: { user: { warning: 3d, critical: 7d } }
#  avhdx-size: { warning: [50GiB, 10%], critical: [200GiB, 25%] }
#  checkpoint-count: { warning: 3, critical: 10 }

#mail:
#  smtp: { host: mail.example.com, from: hyperv@example.com }
#  to: [virtualization@example.com]

#web: { listen: 127.0.0.1:9753 }
`;
}
