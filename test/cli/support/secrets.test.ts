import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { knownSecrets } from '../../../src/cli/support/secrets.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { fakeIo } from '../io.ts';

function secretsOf(yaml: string, env: Readonly<Record<string, string>> = {}): readonly string[] {
  const folder = mkdtempSync(join(tmpdir(), 'secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'agent.yml'), yaml);
  writeFileSync(join(folder, 'smtp password'), 'fromFile\r\n');
  const { io } = fakeIo({ env });
  const loaded = loadConfig({ ...io, path: join(folder, 'agent.yml') });
  return knownSecrets(loaded, io).map(({ value }) => value);
}

const smtp = (rest: string): string =>
  `mail: { smtp: { host: localhost, from: a@example.com, user: bob, ${rest} }, to: [b@example.com] }\n`;

it('the secrets of a configuration are those it reads', () => {
  expect(secretsOf(smtp('password_file: "smtp password"'))).toEqual(['fromFile']);
  expect(secretsOf(smtp('password_env: PW'), { PW: 'fromEnv' })).toEqual(['fromEnv']);
  expect(secretsOf('')).toEqual([]);
});

it('one that is wrong leads to its secrets all the same, and to those that people wrote into it', () => {
  const wrong = 'nonsense: 1\n';
  expect(secretsOf(`${smtp("password_file: 'smtp password'")}${wrong}`)).toContain('fromFile');
  expect(secretsOf(`${smtp('password_env: PW')}${wrong}`, { PW: 'fromEnv' })).toContain('fromEnv');
  expect(secretsOf(smtp('password: hunter2'))).toContain('hunter2');
  expect(secretsOf('mail:\n  smtp:\n    password: "hunter 2"  # mine\n')).toContain('hunter 2');
  expect(secretsOf(smtp('password_env: hunter2!'))).toContain('hunter2!');
});
