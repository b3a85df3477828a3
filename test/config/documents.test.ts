import { describe, expect, it } from 'vitest';
import { exampleConfig } from '../../src/config/example.ts';
import {
  configJsonSchema,
  configJsonSchemaText,
  optionsOf,
  type SchemaNode,
} from '../../src/config/json-schema.ts';
import { defaultConfig } from '../../src/config/parse.ts';
import { configReference } from '../../src/config/reference.ts';
import { starterConfig } from '../../src/config/starter.ts';
import { compilePolicy } from '../../src/core/policy/compile.ts';
import { configOf, effectOf, HV01, parseOnHv01 } from './fixture.ts';

/** `a.b.c` of every option and section. */
function everyOption(node: SchemaNode, path: readonly string[] = []): readonly string[] {
  return Object.entries(optionsOf(node)).flatMap(([key, child]) => {
    const own = [...path, key];
    return [own.join('.'), ...everyOption(child, own)];
  });
}

function uncommented(text: string): string {
  return text.replace(/^( *)#(?=[a-z])/gm, '$1');
}

describe('the committed copies are those of the schema', () => {
  it('config/agent.schema.json', async () => {
    await expect(configJsonSchemaText()).toMatchFileSnapshot('../../config/agent.schema.json');
  });
  it('config/agent.example.yml', async () => {
    await expect(exampleConfig()).toMatchFileSnapshot('../../config/agent.example.yml');
  });
  it('docs/configuration.md', async () => {
    await expect(configReference()).toMatchFileSnapshot('../../docs/configuration.md');
  });
});

describe('config/agent.example.yml', () => {
  it('changes nothing as it stands', () => {
    expect({ ...configOf(exampleConfig()), source: null }).toEqual(defaultConfig(HV01));
  });

  it('shows the defaults in what is commented out', () => {
    const config = configOf(uncommented(exampleConfig()));
    // Kinds, overrides and exceptions have no defaults: what is shown of them are examples.
    const { settings: _, maxDeclaredLifetimeMs } = config.policy;
    const policy = { ...defaultConfig(HV01).policy, maxDeclaredLifetimeMs };
    expect(effectOf({ ...config, policy, kindPresets: [], mail: null })).toEqual(
      effectOf(defaultConfig(HV01)),
    );
    const rules = compilePolicy({ ...config.policy, kinds: [] }).rules;
    expect(rules).toEqual(compilePolicy(policy).rules);
    const least = configOf(
      'mail: { smtp: { host: mail.example.com, from: hyperv@example.com }, to: virtualization@example.com }',
    );
    expect(config.mail).toEqual(least.mail);
  });

  it('holds every option, each below a line that explains it', () => {
    const stack: { readonly indent: number; readonly key: string }[] = [];
    const explained = new Set<string>();
    let previous = '';
    for (const line of uncommented(exampleConfig()).split('\n')) {
      const match = /^( *)([a-z][\w-]*):/.exec(line);
      if (match !== null) {
        const indent = match[1]?.length ?? 0;
        while ((stack.at(-1)?.indent ?? -1) >= indent) stack.pop();
        stack.push({ indent, key: match[2] ?? '' });
        if (previous.trim().startsWith('# ')) explained.add(stack.map(({ key }) => key).join('.'));
      }
      previous = line;
    }
    // Levels and kinds are explained with their rule.
    const options = everyOption(configJsonSchema()).filter((path) => !/^rules\.[^.]+\./.test(path));
    expect([...explained].sort()).toEqual([...options].sort());
  });
});

it('describes every option in the schema', () => {
  const undescribed = (node: SchemaNode, path: string): readonly string[] =>
    Object.entries(optionsOf(node)).flatMap(([key, child]) => [
      ...(child.description === undefined ? [`${path}${key}`] : []),
      ...undescribed(child, `${path}${key}.`),
    ]);
  expect(undescribed(configJsonSchema(), '')).toEqual([]);
});

it('starts administrators off with a file that changes nothing, and is valid when uncommented', () => {
  expect({ ...configOf(starterConfig()), source: null }).toEqual(defaultConfig(HV01));
  const text = starterConfig().replace(/^#(?! \S)/gm, '');
  expect(parseOnHv01(text)).toMatchObject({ ok: true, warnings: [] });
});
