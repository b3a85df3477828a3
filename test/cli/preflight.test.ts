import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { itElsewhere } from '../skip-on-windows.ts';
import { fakeIo } from './io.ts';

const RECORDINGS = 'test/fixtures/recordings';
const NO_CONFIG = { XDG_CONFIG_HOME: '/nowhere' };

async function run(...argv: readonly string[]) {
  const { io, printed } = fakeIo({ env: NO_CONFIG });
  return { exitCode: await runCommand(argv, io), ...printed };
}

const preflight = (recording: string, vm: string, ...more: readonly string[]) =>
  run('preflight', '--vm', vm, '--from-file', `${RECORDINGS}/${recording}.json`, ...more);

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'preflight-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('preflight', () => {
  it.each([
    ['small-office', 'WEB01', 0, 'WEB01: yes\n'],
    ['small-office', 'web01', 0, 'WEB01: yes\n'],
    ['small-office', '849cdcda-c487-433a-aa92-bab30922df6b', 0, 'WEB01: yes\n'],
    ['small-office', 'SQL01', 0, 'SQL01: yes, with 1 caution\n'],
    ['small-office', 'PRINT01', 4, 'PRINT01: no: no checkpoint explains 1 AVHDX file (44.0 GiB)'],
    ['domain-controller', 'DC01', 4, 'DC01: no: it is a domain controller'],
    ['domain-controller', 'DC02', 0, 'DC02: yes, with 1 caution\n'],
    ['merging', 'merge01', 4, 'merge01: no: it is merging disks'],
    ['merging', 'backup01', 4, 'backup01: no: it is being backed up'],
    ['merging', 'delete01', 4, 'delete01: no: it is deleting a checkpoint'],
    ['merging', 'apply01', 4, 'apply01: no: it is applying a checkpoint'],
    ['merging', 'move01', 4, 'move01: no: it is moving its storage'],
    ['critical-state', 'full01', 4, 'full01: no: it is in state PausedCritical'],
    ['critical-state', 'odd01', 4, 'odd01: no: C:\\ has 0 B free'],
    ['pass-through', 'pass01', 0, 'pass01: yes, with 1 caution\n'],
    ['vhd-set', 'node1', 4, 'node1: no: it is a guest cluster node'],
    ['replica', 'rep01', 4, 'rep01: no: it is a replica'],
    ['replica', 'prim01', 0, 'prim01: yes, with 1 caution\n'],
    ['deep-chain', 'deep01', 4, 'deep01: no: Hyper-V allows no more than 50 on a VM'],
    ['unreferenced-layers', 'hidden01', 4, 'hidden01: no: no checkpoint explains 3 AVHDX files'],
    ['broken-chain', 'nochain01', 4, 'nochain01: no: its chain of disk files is broken'],
    ['property-throws', 'delta', 1, 'delta: not known: it was not wholly read'],
    ['cluster-node', 'smb01', 1, 'smb01: not known: 1 disk file not measured'],
    ['volumes', 'share01', 1, 'share01: not known: the free space of \\\\sofs01\\vms$\\ is not known'],
    ['vm-disappears', 'bravo', 1, 'bravo: not known: it disappeared while hv01 was read'],
    ['same-names', 'app', 1, 'app: not known: 3 VMs are of this name'],
    ['same-names', 'web[01]', 0, 'web[01]: yes, with 1 caution\n'],
    ['truly-empty', 'SQL01', 1, 'SQL01: not known: no VM of exactly this name or id on hv01'],
    ['access-denied', 'SQL01', 1, 'SQL01: not known: hv01 was not read: access denied'],
  ])('answers for %s, %s: %i', async (recording, vm, exitCode, begin) => {
    const answer = await preflight(recording, vm);
    expect(answer.exitCode).toBe(exitCode);
    expect(answer.out.slice(0, begin.length)).toBe(begin);
  });

  it('accepts what is not known when asked to, and counts it', async () => {
    expect(await preflight('volumes', 'share01', '--accept-unknown')).toMatchObject({
      exitCode: 0,
      out: expect.stringMatching(/^share01: yes, with 1 caution\n/),
    });
    expect((await preflight('merging', 'merge01', '--accept-unknown')).exitCode).toBe(4);
    expect((await preflight('truly-empty', 'SQL01', '--accept-unknown')).exitCode).toBe(1);
    expect((await preflight('property-throws', 'charlie', '--accept-unknown')).exitCode).toBe(1);
  });

  it('says what is wrong with the host on stderr', async () => {
    expect((await preflight('access-denied', 'SQL01')).err).toContain('Hyper-V Administrators');
  });

  it('does not know the room by a report from before volumes were read', async () => {
    const report = JSON.parse(readFileSync(`${RECORDINGS}/small-office.json`, 'utf8'));
    expect(report.volumes).toBeDefined();
    const old = written('old.json', JSON.stringify({ ...report, volumes: undefined }));
    expect(await run('preflight', '--vm', 'WEB01', '--from-file', old)).toMatchObject({
      exitCode: 1,
      out: expect.stringContaining('the free space of D:\\VMs\\WEB01\\WEB01.vhdx is not known'),
    });
  });

  it('prints JSON, also when nothing is known', async () => {
    expect(JSON.parse((await preflight('small-office', 'WEB01', '--json')).out)).toMatchObject({
      schema: 1,
      kind: 'hyperv.preflight',
      verdict: 'yes',
    });
    expect(JSON.parse((await preflight('access-denied', 'WEB01', '--json')).out)).toMatchObject({
      schema: 1,
      verdict: 'unknown',
      vm: { id: null, name: 'WEB01' },
      checks: [],
    });
  });

  it('judges by the configuration', async () => {
    const config = written(
      'agent.yml',
      'overrides: [{ vm: WEB*, rules: { checkpoint-count: { critical: 0 } } }]',
    );
    expect(await preflight('small-office', 'WEB01', '-c', config)).toMatchObject({
      exitCode: 4,
      out: expect.stringMatching(/^WEB01: no: one more is above the 0 that checkpoint-count allows/),
    });
  });

  it('does not ask a VM by a hostile name to break its line', async () => {
    const { out } = await preflight('hostile-names', 'line one\nline two\r\nline three\ttab');
    expect(out).toMatch(/^line one line two line three tab: yes, with /);
  });

  itElsewhere('does not pretend on a machine without Hyper-V', async () => {
    const { exitCode, out } = await run('preflight', '--vm', 'SQL01');
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^SQL01: not known: .* was not read: this computer does not run Windows/);
  });

  it('is refused with a wrong configuration', async () => {
    const config = written('bad.yml', 'nosuch: 1');
    expect((await preflight('small-office', 'WEB01', '-c', config)).exitCode).toBe(78);
  });
});

describe('docs/preflight.md', () => {
  const page = readFileSync('docs/preflight.md', 'utf8');

  it('shows what the command really prints', async () => {
    expect(page).toContain((await preflight('small-office', 'SQL01')).out);
  });

  it('describes every check, and no other', async () => {
    const { checks } = JSON.parse((await preflight('small-office', 'SQL01', '--json')).out);
    const described = [...page.matchAll(/^\| `([a-z-]+)` \|/gm)].map(([, id]) => id);
    expect(described.toSorted()).toEqual(checks.map(({ id }: { id: string }) => id).toSorted());
  });
});

describe('a wrong command line', () => {
  it.each([
    [['preflight']],
    [['preflight', '--vm']],
    [['preflight', '--vm', ' ']],
    [['preflight', '--vm', 'a', 'surplus']],
    [['postflight']],
    [['postflight', '--vm', 'a', '--checkpoint', '']],
    [['postflight', '--vm', 'a', '--wait', 'soon']],
    [['postflight', '--vm', 'a', '--wait', '2d']],
    [['postflight', '--vm', 'a', '--wait', '1m', '--from-file', 'x.json']],
  ])('%j ends with 2', async (argv) => {
    const { exitCode, err } = await run(...argv);
    expect(exitCode).toBe(2);
    expect(err).not.toBe('');
  });
});
