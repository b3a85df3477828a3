import { systemClock } from '../../agent/clock.ts';
import type { Machine } from '../../collector/executable.ts';
import { createNodePowerShell } from '../../collector/node-powershell.ts';
import type { PowerShellRunner } from '../../collector/powershell-runner.ts';
import type { CollectorConfig, SmtpConfig } from '../../config/config.ts';
import { type LoadedConfig, type LoadInput, loadConfig } from '../../config/load.ts';
import type { MailFacts } from '../../core/doctor/facts.ts';
import { probeSmtp } from '../../notifier/smtp-probe.ts';
import type { Clock } from '../../ports.ts';
import { type Answering, whoAnswers } from '../agent-status.ts';
import { REAL_SERVICE_WORLD, type ServiceWorld } from '../service/service-world.ts';

/** What the facts are gathered from; tests bring their own. */
export interface DoctorWorld extends Pick<ServiceWorld, 'run' | 'timers'> {
  readonly clock: Clock;
  /** As `process.versions.node`. */
  readonly node: string;
  readonly arch: string;
  readonly loadConfig: (input: LoadInput) => LoadedConfig;
  readonly createRunner: (wanted: CollectorConfig['powershell'], machine: Machine) => PowerShellRunner;
  readonly askAgent: (base: string, timeoutMs: number, signal: AbortSignal) => Promise<Answering>;
  readonly probeSmtp: (smtp: SmtpConfig, timeoutMs: number, signal: AbortSignal) => Promise<MailFacts>;
}

export const REAL_DOCTOR_WORLD: DoctorWorld = {
  run: REAL_SERVICE_WORLD.run,
  timers: REAL_SERVICE_WORLD.timers,
  clock: systemClock,
  node: process.versions.node,
  arch: process.arch,
  loadConfig,
  createRunner: createNodePowerShell,
  askAgent: whoAnswers,
  probeSmtp,
};
