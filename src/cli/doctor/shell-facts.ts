import type { DoctorAnswer } from '../../collector/doctor-schema.ts';
import { askDoctorScript, type DoctorQuestion } from '../../collector/doctor-script.ts';
import { findExecutable, type Machine } from '../../collector/executable.ts';
import type { CollectorConfig } from '../../config/config.ts';
import type { CollectError } from '../../core/collect-error.ts';
import { errorText } from '../../core/coverage.ts';
import { type Found, found, notFound, type ShellFacts } from '../../core/doctor/facts.ts';
import type { DoctorWorld } from './world.ts';

export interface AskedShell {
  readonly shell: Found<ShellFacts>;
  readonly error: CollectError | null;
  /** Access lists and events; `null` when PowerShell told nothing. */
  readonly answer: DoctorAnswer | null;
}

export interface ShellQuestion extends DoctorQuestion {
  readonly wanted: CollectorConfig['powershell'];
  readonly machine: Machine;
  readonly timeoutMs: number;
}

/** Asks PowerShell. Never rejects; the runner keeps the time. */
export async function askShell(
  { wanted, machine, timeoutMs, ...question }: ShellQuestion,
  { createRunner, clock }: DoctorWorld,
  signal: AbortSignal,
): Promise<AskedShell> {
  const startedMs = clock.monotonicMs();
  const limits = { timeoutMs, signal };
  const executable = await findExecutable(wanted, machine);
  const asked = await askDoctorScript(question, createRunner(wanted, machine), limits);
  if (!asked.ok) {
    return { shell: notFound(errorText(asked.error)), error: asked.error, answer: null };
  }
  const { answer } = asked;
  return {
    error: null,
    answer,
    shell: found({
      executable: executable.ok ? executable.path : (wanted.executable ?? 'pwsh'),
      version: answer.ps,
      is64Bit: answer.x64,
      languageMode: answer.languageMode,
      account: answer.account,
      policies: answer.policies,
      vmms: answer.vmms,
      hyperVModule: answer.hyperVModule,
      hyperVAdministrators: answer.hyperVAdministrators,
      eventLogReaders: answer.eventLogReaders,
      serviceAccountSid: answer.serviceAccount,
      eventSource: answer.eventSource,
      durationMs: Math.round(clock.monotonicMs() - startedMs),
    }),
  };
}
