import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '..', '..', 'service', 'host', 'main.ts');

const run = (...args: readonly string[]) =>
  spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });

it('a wrong command line is answered with what is wrong and how it is used', () => {
  const { status, stderr } = run('--service', 'x');
  expect(status).toBe(2);
  expect(stderr).toMatch(/^--agent is missing\nusage: node service-host\.mjs /);
});

it.skipIf(process.platform === 'win32')('elsewhere than on Windows it says so', () => {
  const { status, stderr } = run('--service', 'x', '--agent', 'y', '--log-dir', 'z');
  expect(status).toBe(1);
  expect(stderr).toMatch(/^The service host runs on Windows only/);
});
