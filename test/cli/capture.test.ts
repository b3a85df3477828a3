import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { replayReport } from '../../src/collector/replay.ts';
import { PWSH } from '../collector/shells.ts';
import { prepareStandInShell } from '../collector/stand-in-shell.ts';
import { fakeIo } from './io.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'capture-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** Captures with the collector settings given, as lines of YAML. */
async function capture(settings: readonly string[], ...args: readonly string[]) {
  const config = join(folder, 'agent.yml');
  await writeFile(
    config,
    ['collector:', '  powershell:', ...settings.map((line) => `    ${line}`), ''].join('\n'),
  );
  const { io, printed } = fakeIo({ env: { ...process.env }, platform: process.platform });
  const exitCode = await runCommand(
    ['capture', join(folder, 'report.json'), '--config', config, ...args],
    io,
  );
  return { exitCode, ...printed };
}

async function captureScenario(scenario: string, ...args: readonly string[]) {
  const { executable, modulePath, dispose } = await prepareStandInShell(scenario);
  try {
    return await capture([`executable: ${executable}`, `module_path: ${modulePath}`], ...args);
  } finally {
    await dispose();
  }
}

describe.skipIf(PWSH === null)('capture with a real PowerShell', () => {
  it('keeps what the host said, and says in a line what it is', async () => {
    const { exitCode, out, err } = await captureScenario('small-office');
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toMatch(/^HV01: 8 VMs, 7 checkpoints\.\nWritten to .*report\.json \(\d+\.\d KiB\)\.\n$/);
    expect(await replayReport(join(folder, 'report.json'))).toMatchObject({ status: 'read', host: 'hv01' });
  });

  it('leaves names out when asked to', async () => {
    const { exitCode } = await captureScenario('small-office', '--anonymise');
    expect(exitCode).toBe(0);
    expect(await readFile(join(folder, 'report.json'), 'utf8')).not.toMatch(/HV01|SQL01|corp/);
    expect(await replayReport(join(folder, 'report.json'))).toMatchObject({ status: 'read', host: 'host-1' });
  });

  it('replaces a file that is there with --force', async () => {
    await writeFile(join(folder, 'report.json'), 'mine');
    expect(await captureScenario('one-vm')).toMatchObject({ exitCode: 1 });
    expect(await readFile(join(folder, 'report.json'), 'utf8')).toBe('mine');
    expect(await captureScenario('one-vm', '--force')).toMatchObject({ exitCode: 0, err: '' });
    expect(await replayReport(join(folder, 'report.json'))).toMatchObject({ status: 'read' });
  });

  it('counts files that could not be read among the errors', async () => {
    expect((await captureScenario('access-denied-files')).out).toMatch(/^HV\d+: .*, \d+ errors?\.\n/);
  });

  it('also keeps a report that says why nothing could be read', async () => {
    const { exitCode, out } = await captureScenario('vmms-stopped');
    expect(exitCode).toBe(0);
    expect(out).toContain('could not be read: the Virtual Machine Management service (vmms) is not running');
    expect(await replayReport(join(folder, 'report.json'))).toMatchObject({
      error: { code: 'VMMS_STOPPED' },
    });
  });
});

describe('capture without a report', () => {
  it('says why, what to do, and writes nothing', async () => {
    const { exitCode, out, err } = await capture(['executable: /no/such/pwsh']);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toMatch(
      /^No report: PowerShell could not be started \(\/no\/such\/pwsh: there is no such file or folder\)\.\nCheck collector\.powershell\.executable/,
    );
    expect(await readdir(folder)).toEqual(['agent.yml']);
  });

  it('names a bare executable that PATH does not have', async () => {
    const { err } = await capture(['executable: nosuchpwsh']);
    expect(err).toContain('PowerShell could not be started (nosuchpwsh is in no folder on PATH).');
  });

  it('leaves a file that is there alone, before anything is read', async () => {
    await writeFile(join(folder, 'report.json'), 'mine');
    const { exitCode, out, err } = await capture(['executable: /no/such/pwsh']);
    expect({ exitCode, out }).toEqual({ exitCode: 1, out: '' });
    expect(err).toBe(`${join(folder, 'report.json')} is there already; --force replaces it\n`);
    expect(await readFile(join(folder, 'report.json'), 'utf8')).toBe('mine');
  });
});
