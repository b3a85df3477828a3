import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { fakeIo } from './io.ts';

const OFFICE = join(import.meta.dirname, '../fixtures/recordings/small-office.json');

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scan-try-'));
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write(
    'mild.yml',
    'rules: { checkpoint-age: null, checkpoint-expired: null, vm-avhdx-total: null }\noverrides: [{ vm: FS-O1, rules: { chain-depth: { warning: 4 } } }]\n',
  );
  write('mail.yml', 'schedule: { every: 10s }\nweb: { listen: 0.0.0.0:9753 }\n');
  write('wrong.yml', 'ruls: {}\n');
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function scan(...args: readonly string[]) {
  const { io, printed } = fakeIo({ env: { XDG_CONFIG_HOME: '/nowhere' }, cwd: folder });
  return { exitCode: await runCommand(['scan', '--from-file', OFFICE, ...args], io), ...printed };
}

describe('scan --try', () => {
  it('shows what would be otherwise, and then what is doubtful about the file', async () => {
    const { exitCode, out, err } = await scan('--try', 'mild.yml');
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^NOW {3}THEN {2}VM /m);
    expect(out).toMatch(/^CRIT {2}- {5}FS01 /m);
    expect(out).toMatch(
      /^With mild\.yml: \d+ findings as now, \d+ would disappear\. Everything was looked at\.$/m,
    );
    expect(err).toBe(
      'mild.yml:2  warning: overrides[0].vm: "FS-O1" matches no VM; nearest is "FS01"\n1 warning\n',
    );
  });

  it('tells what the file warns of, though only what judges is used of it', async () => {
    const { exitCode, out, err } = await scan('--try', 'mail.yml');
    expect([exitCode, out]).toEqual([0, expect.stringContaining('nothing would change')]);
    expect(err).toMatch(
      /^mail\.yml:1:20 {2}warning: schedule\.every: .*\nmail\.yml:2:16 {2}warning: web\.listen: /,
    );
  });

  it('gives all of it as data', async () => {
    const { out, err } = await scan('--try', 'mild.yml', '--json');
    expect(JSON.parse(out)).toMatchObject({
      kind: 'hyperv.scan-try',
      warnings: [{ line: 2, path: 'overrides[0].vm' }],
    });
    expect(err).toBe('');
  });

  it('shows the VMs and hosts that were asked for', async () => {
    const { out } = await scan('--try', 'mild.yml', '--vm', 'fs*');
    expect(out).toContain('FS01');
    expect(out).not.toContain('SQL01');
    expect(await scan('--try', 'mild.yml', '--vm', 'nosuch')).toMatchObject({ exitCode: 1, out: '' });
    expect(await scan('--try', 'mild.yml', '--host', 'nosuch')).toMatchObject({ exitCode: 1, out: '' });
  });

  it('fails on what the other configuration finds', async () => {
    expect((await scan('--fail-on', 'critical')).exitCode).toBe(4);
    expect((await scan('--try', 'mild.yml', '--fail-on', 'critical')).exitCode).toBe(0);
    expect((await scan('--try', 'mild.yml', '--fail-on', 'info')).exitCode).toBe(4);
  });

  it('says what is wrong with the file, and with the configuration in force, each by its name', async () => {
    const wrong = await scan('--try', 'wrong.yml');
    expect([wrong.exitCode, wrong.out]).toEqual([78, '']);
    expect(wrong.err).toBe('wrong.yml:1:1  ruls: unknown key; did you mean "rules"?\n1 problem\n');
    const missing = await scan('--try', 'nosuch.yml');
    expect([missing.exitCode, missing.err]).toEqual([
      78,
      expect.stringMatching(/^nosuch\.yml {2}the configuration/),
    ]);
    const inForce = await scan('--try', 'mild.yml', '--config', 'wrong.yml');
    expect([inForce.exitCode, inForce.out]).toEqual([78, '']);
    expect(inForce.err).toContain('wrong.yml:1:1  ruls');
    const both = await scan('--try', 'nosuch.yml', '--config', 'wrong.yml');
    expect(both.err).toMatch(/wrong\.yml:1:1(.|\n)*nosuch\.yml {2}/);
  });

  it.each(['--csv', '--tree'])('has no form for %s', async (format) => {
    expect((await scan('--try', 'mild.yml', format)).exitCode).toBe(2);
  });
});
