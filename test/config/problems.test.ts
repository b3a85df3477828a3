import { readdirSync, readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { describeProblems } from '../../src/config/problem.ts';
import { parseOnHv01 } from './fixture.ts';

const folder = new URL('../fixtures/config/', import.meta.url);
const names = readdirSync(folder).filter((name) => /^(invalid|warning)-.*\.yml$/.test(name));
const textOf = (name: string) => readFileSync(new URL(name, folder), 'utf8');

it('says of every fault where it is, what was given and what was expected', async () => {
  const told = names.map((name) => {
    const parsed = parseOnHv01(textOf(name));
    return describeProblems(name, parsed.ok ? parsed.warnings : parsed.problems);
  });
  await expect(told.join('\n')).toMatchFileSnapshot('../fixtures/config/problems.golden.txt');
});

it.each(names.filter((name) => name.startsWith('invalid-')))('refuses %s', (name) => {
  expect(parseOnHv01(textOf(name))).toMatchObject({ ok: false });
});

it.each(names.filter((name) => name.startsWith('warning-')))('uses %s, with a warning', (name) => {
  const parsed = parseOnHv01(textOf(name));
  expect(parsed).toMatchObject({ ok: true });
  expect(parsed.ok && parsed.warnings.length).toBeGreaterThan(0);
});

it('tells an unknown key, a bad value and a cross-check of different sections together, in the order of the file', () => {
  const parsed = parseOnHv01(textOf('invalid-everything-at-once.yml'));
  const paths = parsed.ok ? [] : parsed.problems.map(({ path }) => path);
  expect(paths).toEqual([
    'hosts[1]',
    'schedule.jitter',
    'rules.checkpoint-age.user.warning',
    'mail.smpt',
    'mail.to[1]',
    'web.listen',
    'colector',
  ]);
});

it('never repeats a password that was put into the file', () => {
  const told = names.map((name) => JSON.stringify(parseOnHv01(textOf(name)))).join('\n');
  expect(told).not.toContain('hunter');
});
