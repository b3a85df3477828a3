import { join } from 'node:path';
import { expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { itElsewhere } from '../skip-on-windows.ts';
import { fakeIo } from './io.ts';

async function help(command: string, more: Parameters<typeof fakeIo>[0] = {}): Promise<string> {
  const { io, printed } = fakeIo(more);
  expect(await runCommand([...command.split(' '), '--help'], io)).toBe(0);
  return printed.out;
}

it.each(['run', 'scan', 'capture', 'config init', 'demo'])(
  'the help of %s names no default that says nothing',
  async (command) => {
    expect(await help(command)).not.toMatch(/default: (\[\]|false|")/);
  },
);

itElsewhere('the help of run says where configuration and state are on this machine', async () => {
  const windows = await help('run', { platform: 'win32', env: { PROGRAMDATA: 'D:\\Data' } });
  expect(windows).toContain('configuration  D:\\Data\\hyperv-checkpoint-agent\\agent.yml\n');
  expect(windows).toContain('state folder   D:\\Data\\hyperv-checkpoint-agent\\state\n');
  const linux = await help('run', { env: { HOME: '/home/me', XDG_STATE_HOME: '/var/state' } });
  expect(linux).toContain('configuration  /home/me/.config/hyperv-checkpoint-agent/agent.yml\n');
  expect(linux).toContain('state folder   /var/state/hyperv-checkpoint-agent\n');
});

it('a pattern may be given many times, or not at all', async () => {
  const report = join(import.meta.dirname, '../fixtures/recordings/small-office.json');
  const rows = async (...args: readonly string[]) => {
    const { io, printed } = fakeIo();
    expect(await runCommand(['scan', '--from-file', report, '--json', ...args], io)).toBe(0);
    return JSON.parse(printed.out).vms.length;
  };
  const all = await rows();
  expect(all).toBeGreaterThan(2);
  expect(await rows('--vm', 'SQL01', '--vm', 'WEB*')).toBeGreaterThan(await rows('--vm', 'SQL01'));
  expect(await rows('--vm', 'SQL01', '--vm', 'WEB*')).toBeLessThan(all);
});
