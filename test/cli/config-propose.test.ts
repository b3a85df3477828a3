import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { fakeIo } from './io.ts';

const recording = (name: string) => join(import.meta.dirname, `../fixtures/recordings/${name}.json`);
const OFFICE = recording('small-office');

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'config-propose-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function init(...args: readonly string[]) {
  const { io, printed } = fakeIo({ env: { XDG_CONFIG_HOME: folder }, cwd: folder });
  return { exitCode: await runCommand(['config', 'init', ...args], io), ...printed };
}

it('writes proposals made from a report, with the schema beside it, and replaces nothing unasked', async () => {
  const { exitCode, out } = await init('--from-file', OFFICE, '--config', 'agent.yml');
  expect([exitCode, out]).toEqual([0, expect.stringContaining('it changes nothing until you take a # away')]);
  const text = readFileSync(join(folder, 'agent.yml'), 'utf8');
  expect(text).toContain(
    '# Proposals were made from hv01 as of 2026-03-02 09:00 UTC: 8 VMs, 7 checkpoints.\n',
  );
  expect(text).toContain("#  - { vm: APP01, checkpoint: 'golden state', reason: 'TODO: why', until: ");
  expect(existsSync(join(folder, 'agent.schema.json'))).toBe(true);

  writeFileSync(join(folder, 'agent.yml'), 'mine');
  const again = await init('--from-file', OFFICE, '--config', 'agent.yml');
  expect(again).toMatchObject({ exitCode: 1, err: expect.stringContaining('--force replaces it') });
  expect(readFileSync(join(folder, 'agent.yml'), 'utf8')).toBe('mine');
  expect((await init('--from-file', OFFICE, '--config', 'agent.yml', '--force')).exitCode).toBe(0);
});

it('prints them', async () => {
  const { exitCode, out } = await init('--from-file', OFFICE, '--stdout');
  expect(exitCode).toBe(0);
  expect(out).toContain('#exceptions:\n');
  expect(existsSync(join(folder, 'hyperv-checkpoint-agent'))).toBe(false);
});

it('proposes exceptions that end 30 days from now, however old the report is', async () => {
  const { out } = await init('--from-file', OFFICE, '--stdout');
  const until = Date.parse(/until: (\S+) \}/.exec(out)?.[1] ?? '');
  const days = (until - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(28);
  expect(days).toBeLessThanOrEqual(30);
});

it('says what was not looked at', async () => {
  const { out } = await init('--from-file', recording('in-use-files'), '--stdout');
  expect(out.replaceAll('\n# ', ' ')).toMatch(/Proposals were made from hv01 [^#]* Not looked at: /);
});

it('writes nothing when nothing was read', async () => {
  const { exitCode, out, err } = await init('--from-file', recording('access-denied'));
  expect([exitCode, out]).toEqual([1, '']);
  expect(err).toMatch(/^Nothing can be proposed: nothing was read\.\nhv01 {2}NOT READ: access denied/);
  expect(existsSync(join(folder, 'hyperv-checkpoint-agent'))).toBe(false);
  // This machine is no Hyper-V host.
  expect((await init('--from-scan', '--stdout')).exitCode).toBe(1);
});

it('looks either at the host or at a report', async () => {
  expect((await init('--from-scan', '--from-file', OFFICE)).exitCode).toBe(2);
});
