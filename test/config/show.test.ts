import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { defaultConfig } from '../../src/config/parse.ts';
import { showConfig } from '../../src/config/show.ts';
import { configOf, effectOf, HV01 } from './fixture.ts';
import { writtenConfig } from './written.ts';

it('marks defaults and hides passwords', async () => {
  const text = readFileSync(new URL('../fixtures/config/show.yml', import.meta.url), 'utf8');
  const shown = showConfig(configOf(text), defaultConfig(HV01));
  expect(shown).not.toContain('hunter2');
  await expect(shown).toMatchFileSnapshot('../fixtures/config/show.golden.yml');
});

it('calls everything a default when there is no file', () => {
  const lines = showConfig(defaultConfig(HV01), defaultConfig(HV01)).split('\n').slice(1, -1);
  const changed = lines.filter((line) => !line.endsWith('# default') && !line.endsWith(':'));
  expect(changed).toEqual([]);
});

it('shows names of tags so that they are read as the same again', () => {
  const names = ['007', 'null', 'true', '1e3', 'prod'];
  const config = configOf(JSON.stringify({ tags: Object.fromEntries(names.map((name) => [name, 'SQL*'])) }));
  const again = configOf(showConfig(config, defaultConfig(HV01)));
  expect(again.policy.tags.map(({ tag }) => tag)).toEqual(names);
});

it('shows a file that gives the same configuration again', () => {
  fc.assert(
    fc.property(writtenConfig, (written) => {
      // JSON is YAML, too.
      const config = configOf(JSON.stringify(written));
      const again = configOf(showConfig(config, defaultConfig(HV01)));
      expect(JSON.stringify(effectOf(again))).toEqual(JSON.stringify(effectOf(config)));
      expect(again.mail?.smtp.password?.reveal()).toEqual(config.mail?.smtp.password?.reveal());
    }),
    { numRuns: 150 },
  );
});
