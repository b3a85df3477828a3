import { expect, it } from 'vitest';
import { reload } from '../../src/cli/reload.ts';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';

const PATH = '/etc/agent.yml';
const { world } = loadConfig({ path: null, env: {}, platform: 'linux', cwd: '/' });

function refused(message: string, isBusy: boolean): LoadedConfig {
  const problem = { severity: 'error', line: null, column: null, path: '', message } as const;
  return { ok: false, problems: [problem], path: PATH, world, isBusy };
}
const BUSY = refused('the configuration cannot be read: another program keeps it open', true);
const USABLE = loadConfig({ path: null, env: {}, platform: 'linux', cwd: '/' });

/** What is said and done, in order, by a reload in an agent that runs. */
function running() {
  const happened: string[] = [];
  const say =
    (level: string) =>
    (message: string): void =>
      void happened.push(`${level} ${message}`);
  const logger = { debug: say('debug'), info: say('info'), warn: say('warn'), error: say('error') };
  const agent = {
    reconfigure: () => void happened.push('reconfigured'),
    configRefused: () => void happened.push('refused'),
  };
  const eventLog = { tell: (event: string, text: string) => void happened.push(`event ${event}: ${text}`) };
  const reloaded = { agent, log: { use: () => {}, logger }, eventLog, logFile: () => null };
  return {
    look: (loaded: LoadedConfig, busyBefore: number) => reload(loaded, reloaded, busyBefore),
    happened: () => happened.splice(0),
  };
}

it('says nothing of a file that is busy for a moment, and takes it over when it can be read', () => {
  const agent = running();
  for (let tries = 0; tries < 10; tries += 1) expect(agent.look(BUSY, tries)).toBe('busy');
  expect(agent.happened()).toEqual([]);
  expect(agent.look(USABLE, 10)).toBe('read');
  expect(agent.happened()).toEqual([
    'reconfigured',
    'info configuration reloaded',
    expect.stringMatching(/^event reloaded: /),
  ]);
});

it('says once that a file stays busy, and goes on trying', () => {
  const agent = running();
  for (let tries = 0; tries < 100; tries += 1) expect(agent.look(BUSY, tries)).toBe('busy');
  expect(agent.happened()).toEqual([
    'refused',
    `error ${PATH}  the configuration cannot be read: another program keeps it open`,
    'error the changed configuration is tried again every second; the old one stays until it can be read',
    `event refused: The one before stays in force until this one can be read, which is tried every second: ${PATH}  the configuration cannot be read: another program keeps it open`,
  ]);
});

it('refuses one that is wrong at once, and does not try it again', () => {
  const agent = running();
  expect(agent.look(refused('the file is not UTF-8 text', false), 0)).toBe('read');
  expect(agent.happened()).toContain('error the new configuration has errors; the old one stays');
});
