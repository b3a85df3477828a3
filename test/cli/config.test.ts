import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configCheck, configInit, configSchema, configShow } from '../../src/cli/config.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { itElsewhere } from '../skip-on-windows.ts';

let folder = '';
let out = '';
let err = '';
let io: CliIo;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'config-cli-'));
  out = '';
  err = '';
  const stream = (write: (text: string) => void) => ({ write, isTTY: false, columns: null });
  io = {
    stdout: stream((text) => {
      out += text;
    }),
    stderr: stream((text) => {
      err += text;
    }),
    env: { XDG_CONFIG_HOME: folder },
    platform: process.platform,
    cwd: folder,
  };
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

it('checks a good file, and says so', () => {
  writeFileSync(path.join(folder, 'agent.yml'), 'web: { listen: 0.0.0.0:9753 }\n');
  expect(configCheck({ config: 'agent.yml' }, io)).toBe(0);
  expect(out).toBe('agent.yml: no errors\n');
  expect(err).toMatch(/^agent\.yml:1:16 {2}warning: web\.listen: .*\n1 warning\n$/);
});

it('tells every problem of a bad file by the name the user gave it, and exits with 78', () => {
  writeFileSync(path.join(folder, 'agent.yml'), 'hots: x\nmail: { smpt: {} }\n');
  expect(configCheck({ config: 'agent.yml' }, io)).toBe(78);
  expect(configShow({ config: 'agent.yml' }, io)).toBe(78);
  expect(out).toBe('');
  expect(err).toContain('agent.yml:1:1  hots: unknown key; did you mean "hosts"?\n');
  expect(err).toMatch(/\n3 problems\n/);
});

it('says when there is no file', () => {
  expect(configCheck({ config: null }, io)).toBe(0);
  expect(out).toContain('there is no such file; the defaults are used');
  expect(configCheck({ config: 'other.yml' }, io)).toBe(78);
});

itElsewhere(
  'writes a starter with its schema that passes its own check, and never replaces a file unasked',
  () => {
    const options = { config: null, force: false, stdout: false };
    expect(configInit(options, io)).toBe(0);
    const file = path.join(folder, 'hyperv-checkpoint-agent', 'agent.yml');
    expect(configCheck({ config: null }, io)).toBe(0);
    expect(existsSync(path.join(path.dirname(file), 'agent.schema.json'))).toBe(true);

    writeFileSync(file, 'mine');
    expect(configInit(options, io)).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(err).toContain('is there already; --force replaces it');
    expect(configInit({ ...options, force: true }, io)).toBe(0);
    expect(readFileSync(file, 'utf8')).not.toBe('mine');
  },
);

it('prints starter, schema and effective configuration', () => {
  expect(configInit({ config: null, force: false, stdout: true }, io)).toBe(0);
  expect(out).toContain('#mail:');
  out = '';
  expect(configSchema(io)).toBe(0);
  expect(JSON.parse(out)).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
  out = '';
  expect(configShow({ config: null }, io)).toBe(0);
  expect(out).toMatch(/ {2}every: 15m +# default\n/);
});
