import { expect, it } from 'vitest';
import { hostArguments } from '../../service/host/arguments.ts';

const NEEDED = ['--service', 'checkpoint-agent', '--agent', 'C:\\p\\agent.mjs', '--log-dir', 'C:\\logs'];

const messageOf = (argv: readonly string[]): string => {
  const parsed = hostArguments(argv);
  return parsed.ok ? 'it can be used' : parsed.message;
};

it('the command line names the service, the agent, the logs, and after -- what the agent is given', () => {
  expect(hostArguments([...NEEDED, '--', '--config', 'C:\\a b\\agent.yml', '--service', 'x'])).toEqual({
    ok: true,
    options: {
      service: 'checkpoint-agent',
      agent: 'C:\\p\\agent.mjs',
      logDir: 'C:\\logs',
      drainMs: 20_000,
      runArguments: ['--config', 'C:\\a b\\agent.yml', '--service', 'x'],
    },
  });
  expect(hostArguments(NEEDED)).toMatchObject({ ok: true, options: { runArguments: [] } });
});

it('the time for a stop can be given in milliseconds', () => {
  expect(hostArguments([...NEEDED, '--drain', '600000'])).toMatchObject({ options: { drainMs: 600_000 } });
  expect(hostArguments([...NEEDED, '--drain', '0'])).toMatchObject({ options: { drainMs: 0 } });
  for (const wrong of ['600001', '-1', '1.5', '20s', '']) {
    expect(messageOf([...NEEDED, `--drain=${wrong}`])).toBe(
      '--drain: expected milliseconds, from 0 to 600000',
    );
  }
});

it('what is missing or unknown is named', () => {
  expect(messageOf([])).toBe('--service is missing');
  expect(messageOf(NEEDED.slice(0, 2))).toBe('--agent is missing');
  expect(messageOf(NEEDED.slice(0, 4))).toBe('--log-dir is missing');
  expect(messageOf([...NEEDED, '--drian', '1'])).toMatch(/--drian/);
  expect(messageOf([...NEEDED, 'run'])).toMatch(/'run'/);
});
