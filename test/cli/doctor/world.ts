import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { serviceSid } from '../../../src/cli/doctor/service-facts.ts';
import type { DoctorWorld } from '../../../src/cli/doctor/world.ts';
import type { DOCTOR_ANSWER } from '../../../src/collector/doctor-schema.ts';
import type { PowerShellJob, PowerShellRunner } from '../../../src/collector/powershell-runner.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { envelopeOf } from '../../collector/envelope-of.ts';
import { recordingPath } from '../../collector/recording.ts';
import { MAIL } from '../../core/doctor/facts.ts';
import { fakeWindows } from '../service/fake-windows.ts';
import { COMMAND_LINE, CONFIG, RUNNING } from '../service/sc-samples.ts';

export const SERVICE_SID = serviceSid('hyperv-checkpoint-agent');

/** What the script answers on a Windows on which all is well. */
export function doctorAnswer(more: Partial<z.input<typeof DOCTOR_ANSWER>> = {}): unknown {
  return {
    schema: 1,
    kind: 'hyperv.doctor-facts',
    ps: '5.1.20348.2849',
    x64: true,
    languageMode: 'FullLanguage',
    account: {
      name: 'CONTOSO\\admin',
      isAdministrator: true,
      isHeldBack: false,
      isHyperVAdministrator: false,
      isEventLogReader: false,
    },
    policies: [{ scope: 'LocalMachine', policy: 'RemoteSigned' }],
    vmms: 'Running',
    hyperVModule: '2.0.0.0',
    hyperVAdministrators: [SERVICE_SID],
    eventLogReaders: [SERVICE_SID],
    serviceAccount: null,
    eventSource: true,
    accessLists: [],
    events: null,
    problems: [],
    ...more,
  };
}

/** A PowerShell that answers both scripts, and keeps the jobs it was given. */
export function answeringShell(answer: unknown = doctorAnswer(), recording = 'small-office') {
  const jobs: PowerShellJob[] = [];
  const runner: PowerShellRunner = {
    async run(job) {
      jobs.push(job);
      const isDoctor = job.script.includes('hyperv.doctor-facts');
      const text = isDoctor ? JSON.stringify(answer) : reportOf(recording);
      return { status: 'answered', stdout: envelopeOf(text), stderrTail: '' };
    },
  };
  return { runner, jobs };
}

function reportOf(recording: string): string {
  const text = JSON.stringify(JSON.parse(readFileSync(recordingPath(recording), 'utf8')));
  return text.replace(/[^ -~]/g, (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** When the recordings were made. */
export const RECORDED_AT = Date.UTC(2026, 2, 2, 9, 0);

/** A Windows on which the service runs. Its files are those of this machine. */
export function doctorWorld(more: Partial<DoctorWorld> = {}): DoctorWorld {
  const { world } = fakeWindows({ queryex: RUNNING, qc: CONFIG.replace(COMMAND_LINE, '"C:\\node.exe" run') });
  return {
    run: world.run,
    timers: world.timers,
    clock: { now: () => RECORDED_AT, monotonicMs: () => performance.now() },
    node: '24.21.0',
    arch: 'x64',
    // Paths by the rules of this machine.
    loadConfig: (input) => loadConfig({ ...input, platform: process.platform, thisMachine: ['hv01'] }),
    createRunner: () => answeringShell().runner,
    askAgent: async () => ({ who: 'nobody', isRefused: true, why: 'nothing listens there' }),
    probeSmtp: async () => MAIL,
    ...more,
  };
}
