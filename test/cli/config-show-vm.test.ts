import { expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { fakeIo } from './io.ts';

async function show(...argv: readonly string[]) {
  const { io, printed } = fakeIo({ env: { XDG_CONFIG_HOME: '/nowhere' } });
  return { exitCode: await runCommand(['config', 'show', ...argv], io), ...printed };
}

it('shows what holds for one VM, by host and tags that are given', async () => {
  const { exitCode, out, err } = await show('--vm', 'SQL01', '--host', 'hv09', '--tag', 'A', '--tag', 'b');
  expect([exitCode, err]).toEqual([0, '']);
  expect(out).toMatch(/^SQL01 on hv09 · tags: a \(given\), b \(given\) · overrides: none\n/);
  expect(out).toMatch(/^checkpoint-age\n {2}user +info +1d +default\n/m);
});

it('shows one rule alone', async () => {
  const { out } = await show('--vm', 'SQL01', '--rule', 'memory-state');
  expect(out.split('\n').slice(2)).toEqual(['', 'memory-state: off (default)', '']);
});

it.each([
  [
    ['--vm', 'SQL01', '--rule', 'chekpoint-age'],
    2,
    '"chekpoint-age" is no rule; did you mean "checkpoint-age"?',
  ],
  [['--rule', 'checkpoint-age'], 2, '--host, --tag and --rule go with --vm'],
  [['--tag', 'prod'], 2, '--host, --tag and --rule go with --vm'],
  [['--host', 'hv01'], 2, '--host, --tag and --rule go with --vm'],
  [['--vm', 'SQL01', '-c', '/nowhere/agent.yml'], 78, 'there is no such file'],
])('%j ends with %i', async (argv, expected, problem) => {
  const { exitCode, out, err } = await show(...argv);
  expect([exitCode, out]).toEqual([expected, '']);
  expect(err).toContain(problem);
});
