import { describe, expect, it } from 'vitest';
import { createPowerShellCollector } from '../../src/collector/collector.ts';
import { askDoctorScript } from '../../src/collector/doctor-script.ts';
import { createNodePowerShell } from '../../src/collector/node-powershell.ts';
import { MIB } from '../../src/core/units.ts';
import { POWERSHELL } from '../powershell.ts';
import { MACHINE } from './shells.ts';

const shell = { executable: POWERSHELL, modulePath: null };
const clock = { now: Date.now, monotonicMs: () => performance.now() };
const signal = new AbortController().signal;

/** What the script itself says where there is no Hyper-V, or nobody may see it. */
const SAID = ['MODULE_MISSING', 'NO_HYPERV_ROLE', 'VMMS_STOPPED', 'ACCESS_DENIED', 'EMPTY_BUT_HINTED'];

/** Without any stand-in, so that Windows PowerShell 5.1 can be asked as well. */
describe.skipIf(POWERSHELL === null)('on the machine that runs the tests', { timeout: 120_000 }, () => {
  it('the script that reads the host runs to its end, and says what is there or why nothing is', async () => {
    const config = { powershell: shell, timeoutMs: 60_000, maxReportBytes: MIB };
    const runner = createNodePowerShell(shell, MACHINE);
    const report = await createPowerShellCollector({ clock, runner, config }).collect('here', signal);
    if (report.status === 'failed') expect(SAID).toContain(report.error.code);
    else expect(report.vms).toBeInstanceOf(Array);
  });

  it('the script of doctor runs to its end, and tells what it can', async () => {
    const question = { service: 'no-such-service', account: null, paths: [process.cwd()], events: true };
    const limits = { timeoutMs: 60_000, signal };
    const asked = await askDoctorScript(question, createNodePowerShell(shell, MACHINE), limits);
    expect(asked).toMatchObject({ ok: true, answer: { x64: true, languageMode: 'FullLanguage' } });
  });
});
