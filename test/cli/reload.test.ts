import { expect, it } from 'vitest';
import { reload } from '../../src/cli/reload.ts';
import { type LoadedConfig, loadConfig } from '../../src/config/load.ts';

const PATH = '/etc/agent.yml';
const { world } = loadConfig({ path: null, env: {}, platform: 'linux', cwd: '/' });

function refused(message: string, obstacle: LoadedConfig['obstacle']): LoadedConfig {
  const problem = { severity: 'error', line: null, column: null, path: '', message } as const;
  return { ok: false, problems: [problem], path: PATH, world, obstacle };
}
const HELD = refused('the configuration cannot be read: another program keeps it open', 'held');
const FORBIDDEN = refused(
  'the configuration cannot be read: the account of this process may not read it',
  'refused',
);
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
    look: (loaded: LoadedConfig, quietTries: number | null) => reload(loaded, reloaded, quietTries),
    happened: () => happened.splice(0),
  };
}

it('says nothing of a file that is held for a moment, and takes it over when it can be read', () => {
  const agent = running();
  for (let tries = 0; tries < 10; tries += 1) expect(agent.look(HELD, tries)).toBe('quiet');
  expect(agent.happened()).toEqual([]);
  expect(agent.look(USABLE, 10)).toBe('read');
  expect(agent.happened()).toEqual([
    'reconfigured',
    'info configuration reloaded',
    expect.stringMatching(/^event reloaded: /),
  ]);
});

it('says once that a file stays held, and goes on trying', () => {
  const agent = running();
  expect(agent.look(HELD, 9)).toBe('quiet');
  expect(agent.look(HELD, 10)).toBe('told');
  expect(agent.look(HELD, null)).toBe('quiet');
  expect(agent.happened()).toEqual([
    'refused',
    `error ${PATH}  the configuration cannot be read: another program keeps it open`,
    'error the changed configuration is tried again every second; the old one stays until it can be read',
    `event refused: The one before stays in force until this one can be read, which is tried every second: ${PATH}  the configuration cannot be read: another program keeps it open`,
  ]);
});

it.each([0, 3])('says at once that a file may not be read, after %i tries that found it held', (held) => {
  const agent = running();
  expect(agent.look(FORBIDDEN, held)).toBe('told');
  expect(agent.happened()).toEqual([
    'refused',
    `error ${PATH}  the configuration cannot be read: the account of this process may not read it`,
    'error the changed configuration is tried again every second; the old one stays until it can be read',
    expect.stringMatching(/^event refused: The one before stays in force until this one can be read, /),
  ]);
  expect(agent.look(FORBIDDEN, null)).toBe('quiet');
  expect(agent.happened()).toEqual([]);
  expect(agent.look(USABLE, null)).toBe('read');
  expect(agent.happened()).toContain('reconfigured');
});

it('refuses one that is wrong at once, and does not try it again', () => {
  const agent = running();
  expect(agent.look(refused('the file is not UTF-8 text', null), null)).toBe('read');
  expect(agent.happened()).toContain('error the new configuration has errors; the old one stays');
});
