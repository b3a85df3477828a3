import type { CollectorConfig } from '../config/config.ts';
import type { CollectError } from '../core/collect-error.ts';
import type { HostReport } from '../core/model.ts';
import type { Clock, Collector } from '../ports.ts';
import type { PowerShellRunner } from './powershell-runner.ts';
import { readReport } from './report.ts';
import { runScript, type ScriptAnswer } from './run-script.ts';

export interface PowerShellCollectorDeps {
  readonly clock: Clock;
  readonly runner: PowerShellRunner;
  readonly config: CollectorConfig;
}

/** The report of one host as JSON text, or why there is none. */
export type RawReport = ScriptAnswer;

/** Reads the Hyper-V host that this process runs on, with one PowerShell process per reading. Never two at once per host. */
export function createPowerShellCollector(deps: PowerShellCollectorDeps): Collector {
  const running = new Map<string, Promise<HostReport>>();
  return {
    collect(host, signal) {
      const joined = running.get(host);
      if (joined !== undefined) return joined;
      const reading = collectOnce(deps, host, signal).finally(() => running.delete(host));
      running.set(host, reading);
      return reading;
    },
  };
}

async function collectOnce(
  deps: PowerShellCollectorDeps,
  host: string,
  signal: AbortSignal,
): Promise<HostReport> {
  const { clock } = deps;
  const startedMs = clock.monotonicMs();
  const elapsedMs = () => Math.round(clock.monotonicMs() - startedMs);
  const failed = (error: CollectError): HostReport => ({
    status: 'failed',
    host,
    failedAt: clock.now(),
    durationMs: elapsedMs(),
    error,
  });
  const raw = await fetchReport(deps, signal);
  if (!raw.ok) return failed(raw.error);
  const read = await readReport(raw.text, { host, readAt: clock.now(), durationMs: elapsedMs() });
  return read.ok ? read.reading : failed(read.error);
}

/** Runs the script and unpacks what it printed. */
export async function fetchReport(
  { runner, config }: Pick<PowerShellCollectorDeps, 'runner' | 'config'>,
  signal: AbortSignal,
): Promise<RawReport> {
  const { timeoutMs, maxReportBytes } = config;
  const parameters = { scanId: crypto.randomUUID() };
  const run = { name: 'inventory', parameters, timeoutMs, maxAnswerBytes: maxReportBytes } as const;
  return runScript(run, runner, signal);
}
