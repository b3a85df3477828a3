import fs, { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { type LoadInput, loadConfig, loadDefaults, readTextFile } from '../../src/config/load.ts';
import { defaultConfigPath, defaultStateDir } from '../../src/config/paths.ts';
import { itElsewhere } from '../skip-on-windows.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'config-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function load(given: string | null, env: LoadInput['env'] = {}) {
  return loadConfig({ path: given, env, platform: process.platform, cwd: folder, thisMachine: ['HV01'] });
}

function write(name: string, content: string | Uint8Array, mode = 0o600): void {
  writeFileSync(path.join(folder, name), content, { mode });
}

itElsewhere('uses the defaults when there is no file at the default path', () => {
  const loaded = load(null, { XDG_CONFIG_HOME: folder });
  expect(loaded).toMatchObject({ ok: true, config: { source: null, hosts: ['hv01'] } });
  expect(loaded.path).toBe(path.join(folder, 'hyperv-checkpoint-agent', 'agent.yml'));
});

it('gives the defaults of this machine to whoever wants no file at all', () => {
  expect(loadDefaults({ env: {}, platform: 'linux', thisMachine: ['HV01'] }).hosts).toEqual(['hv01']);
});

itElsewhere('reads the file at the default path', () => {
  mkdirSync(path.join(folder, 'hyperv-checkpoint-agent'));
  write('hyperv-checkpoint-agent/agent.yml', 'schedule: { every: 1h }');
  expect(load(null, { XDG_CONFIG_HOME: folder })).toMatchObject({
    ok: true,
    config: { schedule: { everyMs: 3_600_000 } },
  });
});

it('knows when the file was changed', () => {
  write('agent.yml', '');
  const loaded = load('agent.yml');
  expect(loaded.ok && Math.abs((loaded.config.source?.modifiedAt ?? 0) - Date.now())).toBeLessThan(60_000);
});

it.each([
  ['that is missing', () => undefined, 'the configuration cannot be read: there is no such file'],
  [
    'that is a folder',
    () => mkdirSync(path.join(folder, 'agent.yml')),
    'the configuration cannot be read: it is a folder',
  ],
  [
    'that is far too large',
    () => write('agent.yml', '#'.repeat(1024 * 1024 + 1)),
    'the configuration cannot be read: it has 1048577 bytes; 1048576 are allowed',
  ],
  [
    'in UTF-16 with a byte order mark',
    () => write('agent.yml', Buffer.from('\ufeffweb: {}\r\n', 'utf16le')),
    'the file is UTF-16 text, as > and Out-File of Windows PowerShell write it; save it as UTF-8',
  ],
  [
    'in UTF-16 without a byte order mark',
    () => write('agent.yml', Buffer.from('web: {}\r\n', 'utf16le')),
    'the file is UTF-16 text, as > and Out-File of Windows PowerShell write it; save it as UTF-8',
  ],
  [
    'in an old code page',
    () => write('agent.yml', Buffer.from('# Gr\xfc\xdfe\n', 'latin1')),
    'the file is not UTF-8 text, perhaps of an older code page (ANSI); save it as UTF-8',
  ],
])('refuses a file %s', (_name, make, message) => {
  make();
  expect(load('agent.yml')).toMatchObject({ ok: false, problems: [{ line: null, path: '', message }] });
});

it.each([
  ['EBUSY', 'held'],
  ['EPERM', 'refused'],
  ['EACCES', null],
])('knows by %s whether a file may well be read a moment later', (code, obstacle) => {
  write('agent.yml', '');
  const read = vi.spyOn(fs, 'readFileSync').mockImplementation(() => {
    throw Object.assign(new Error(code), { code });
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    read.mockRestore();
    syncBuiltinESMExports();
  });
  expect(load('agent.yml')).toMatchObject({ ok: false, obstacle });
});

describe('a password file', () => {
  const text = `mail:
  smtp: { host: mail.example.com, from: hyperv@example.com, user: hyperv, password_file: secret }
  to: ops@example.com`;

  it.each([
    ['UTF-8', 'pässword\n'],
    ['UTF-8 with a byte order mark', '\ufeffpässword\r\n'],
    ['UTF-16, as Windows PowerShell writes it', Buffer.from('\ufeffpässword\r\n', 'utf16le')],
  ])('may be %s', (_name, content) => {
    write('agent.yml', text);
    write('secret', content);
    const loaded = load('agent.yml');
    expect(loaded.ok && loaded.config.mail?.smtp.password?.reveal()).toBe('pässword');
    expect(loaded).toMatchObject({ warnings: [] });
  });

  it.skipIf(process.platform === 'win32')('that everybody may read is used, with a warning', () => {
    write('agent.yml', text);
    write('secret', 'x');
    chmodSync(path.join(folder, 'secret'), 0o644);
    expect(load('agent.yml')).toMatchObject({ ok: true, warnings: [{ path: 'mail.smtp.password_file' }] });
  });

  it('is read beside the configuration, not where the agent was started', () => {
    mkdirSync(path.join(folder, 'etc'));
    write('etc/agent.yml', text);
    write('etc/secret', 'x');
    expect(load('etc/agent.yml')).toMatchObject({ ok: true });
  });
});

it('never throws at files that cannot be read', () => {
  expect(readTextFile('/nonexistent/\0')).toMatchObject({ status: 'failed' });
});

it.each([
  [
    'win32',
    { PROGRAMDATA: 'D:\\Data' },
    'D:\\Data\\hyperv-checkpoint-agent\\agent.yml',
    'D:\\Data\\hyperv-checkpoint-agent\\state',
  ],
  [
    'win32',
    {},
    'C:\\ProgramData\\hyperv-checkpoint-agent\\agent.yml',
    'C:\\ProgramData\\hyperv-checkpoint-agent\\state',
  ],
  [
    'linux',
    { XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' },
    '/c/hyperv-checkpoint-agent/agent.yml',
    '/s/hyperv-checkpoint-agent',
  ],
  [
    'linux',
    { HOME: '/home/a', XDG_STATE_HOME: 'relative' },
    '/home/a/.config/hyperv-checkpoint-agent/agent.yml',
    '/home/a/.local/state/hyperv-checkpoint-agent',
  ],
  ['linux', {}, '/etc/hyperv-checkpoint-agent/agent.yml', '/var/lib/hyperv-checkpoint-agent'],
])('keeps its files on %s with %j where administrators expect them', (platform, env, file, state) => {
  expect(defaultConfigPath(env, platform)).toBe(file);
  expect(defaultStateDir(env, platform)).toBe(state);
});
