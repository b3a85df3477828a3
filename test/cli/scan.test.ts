import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { itElsewhere } from '../skip-on-windows.ts';
import { fakeIo } from './io.ts';

const OFFICE = ['--from-file', 'test/fixtures/recordings/small-office.json'];
const NO_CONFIG = { XDG_CONFIG_HOME: '/nowhere' };

async function scan(...args: readonly string[]) {
  const { io, printed } = fakeIo({ env: NO_CONFIG });
  return { exitCode: await runCommand(['scan', ...args], io), ...printed };
}

describe('scan', () => {
  it('shows a report that was captured, as of the moment it was captured', async () => {
    const { exitCode, out } = await scan(...OFFICE);
    expect(exitCode).toBe(0);
    expect(out).toContain('FS01');
    expect(out).toMatch(/^\S+ {2}as captured \d{4}-\d\d-\d\d \d\d:\d\d UTC · /);
    expect(out).not.toContain('read in');
    expect(out).not.toContain('clock off');
    expect(out.trimEnd()).toMatch(/Everything was looked at\.$/);
  });

  it('shows the VMs that were asked for, by name or id, whatever the case', async () => {
    const { out } = await scan(...OFFICE, '--vm', 'fs*');
    expect(out).toContain('FS01');
    expect(out).not.toContain('SQL01');
  });

  it('says so when no VM matches, instead of showing that nothing is wrong', async () => {
    expect(await scan(...OFFICE, '--vm', 'nosuch')).toMatchObject({
      exitCode: 1,
      out: '',
      err: 'No VM matches "nosuch" on what was read.\n',
    });
  });

  it('shows what there is of what was asked for, and names what there is not', async () => {
    const partly = await scan(...OFFICE, '--vm', 'FS01', '--vm', 'SLQ01');
    expect(partly).toMatchObject({ exitCode: 1, err: 'No VM matches "SLQ01" on what was read.\n' });
    expect(partly.out).toContain('FS01');
    const host = await scan(...OFFICE, '--host', 'hv0*', '--host', 'hv99');
    expect(host).toMatchObject({ exitCode: 1, err: 'No host matches "hv99".\n' });
    expect(host.out).toContain('FS01');
    const nowhere = await scan(...OFFICE, '--host', 'hv99', '--vm', 'FS01');
    expect(nowhere).toMatchObject({ exitCode: 1, out: '', err: 'No host matches "hv99".\n' });
  });

  it('prints JSON, CSV and trees', async () => {
    expect(JSON.parse((await scan(...OFFICE, '--json')).out)).toMatchObject({
      schema: 1,
      kind: 'hyperv.scan',
    });
    expect((await scan(...OFFICE, '--csv')).out).toMatch(/^severity,vm,vm_id,/);
    expect((await scan(...OFFICE, '--tree', '--vm', 'SQL01')).out).toContain('Deleting "before CU12": moves');
  });

  it('says in every form what was not looked at', async () => {
    const partly = ['--from-file', 'test/fixtures/recordings/access-denied-files.json'];
    expect((await scan(...partly, '--tree')).out).toMatch(/ Not looked at: .*\.\n$/);
    expect((await scan(...partly, '--csv')).err).toMatch(/^Not looked at: .*\.\n$/);
    const unread = ['--from-file', 'test/fixtures/recordings/access-denied.json'];
    expect((await scan(...unread, '--tree')).out).toMatch(/Nothing is known: hv01 was not read\.\n$/);
    expect((await scan(...unread, '--csv')).err).toMatch(/^Not looked at: hv01\.\nhv01: /);
  });

  it.each([
    ['critical', 4],
    ['warning', 4],
    ['info', 4],
  ])('fails on %s when asked to', async (severity, expected) => {
    expect((await scan(...OFFICE, '--fail-on', severity)).exitCode).toBe(expected);
  });

  it('does not fail on what is not there', async () => {
    const quiet = ['--from-file', 'test/fixtures/recordings/truly-empty.json'];
    expect((await scan(...quiet, '--fail-on', 'info')).exitCode).toBe(0);
  });

  it('does not pass when what it was asked for may hide in what was not looked at', async () => {
    const partly = ['--from-file', 'test/fixtures/recordings/in-use-files.json'];
    expect((await scan(...partly)).exitCode).toBe(0);
    expect((await scan(...partly, '--fail-on', 'critical')).exitCode).toBe(1);
    expect((await scan(...partly, '--fail-on', 'warning')).exitCode).toBe(4);
  });

  it('fails when the host was not read, with advice', async () => {
    const { exitCode, out, err } = await scan('--from-file', 'test/fixtures/recordings/nothing-visible.json');
    expect(exitCode).toBe(1);
    expect(out).toContain('NOT READ: no VM is visible, although VMs are evidently running');
    expect(out).toMatch(/^Nothing is known: \S+ was not read\.$/m);
    expect(err).toContain('Hyper-V Administrators');
  });

  it('says which file is no report, and what was expected', async () => {
    const { exitCode, out } = await scan('--from-file', 'package.json');
    expect(exitCode).toBe(1);
    expect(out).toContain('package.json  NOT READ: the report file could not be used');
    expect(out).toContain('expected a JSON report as "checkpoint-agent capture" writes it');
  });

  itElsewhere('does not pretend on a machine without Hyper-V', async () => {
    const { exitCode, out, err } = await scan();
    expect(exitCode).toBe(1);
    expect(out).toContain('NOT READ: this computer does not run Windows');
    expect(err).toContain('demo');
  });
});

it('prints advice after the table', async () => {
  const { io } = fakeIo({ env: NO_CONFIG });
  const order: string[] = [];
  const shown = {
    ...io,
    stdout: { ...io.stdout, write: () => order.push('table') },
    stderr: { ...io.stderr, write: () => order.push('advice') },
  };
  await runCommand(['scan', '--from-file', 'test/fixtures/recordings/nothing-visible.json'], shown);
  expect(order).toEqual(['table', 'advice']);
});

describe('a wrong command line', () => {
  it.each([
    [[], 2],
    [['nosuch'], 2],
    [['scan', '--nosuch'], 2],
    [['scan', '--fail-on', 'terrible'], 2],
    [['scan', '--json', '--csv'], 2],
    [['scan', 'surplus'], 2],
    [['capture'], 2],
    [['config', 'nosuch'], 2],
    [['demo', '--port', 'many'], 2],
    [['check', '--nosuch'], 3],
    [['--help'], 0],
    [['--version'], 0],
    [['version'], 0],
  ])('%j ends with %i', async (argv, expected) => {
    const { io, printed } = fakeIo({ env: NO_CONFIG });
    expect(await runCommand(argv, io)).toBe(expected);
    if (expected === 2) expect(printed.err).not.toBe('');
    if (expected !== 2) expect(printed.out).not.toBe('');
  });

  it('suggests what was probably meant', async () => {
    const { io, printed } = fakeIo();
    await runCommand(['scna'], io);
    expect(printed.err).toContain('Did you mean scan?');
  });
});
