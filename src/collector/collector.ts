import type { CollectorConfig } from '../config/config.ts';
import type { CollectError } from '../core/collect-error.ts';
import type { HostReport } from '../core/model.ts';
import { SECOND_MS } from '../core/units.ts';
import type { Clock, Collector } from '../ports.ts';
import type { PowerShellRunner } from './powershell-runner.ts';
import { readReport } from './report.ts';
import { runScript, type ScriptAnswer } from './run-script.ts';

/** Kept back from the time allowed, so that the script can still write its report when disks were slow. */
const BUDGET_RESERVE_RATIO = 0.2;
const BUDGET_RESERVE_MAX_MS = 15 * SECOND_MS;
/** A disk that has not answered by then will not. */
const DISK_TIMEOUT_MAX_MS = 30 * SECOND_MS;

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
  const reserveMs = Math.min(BUDGET_RESERVE_MAX_MS, timeoutMs * BUDGET_RESERVE_RATIO);
  const parameters = {
    scanId: crypto.randomUUID(),
    budgetMs: Math.round(timeoutMs - reserveMs),
    diskTimeoutMs: Math.round(Math.min(DISK_TIMEOUT_MAX_MS, (timeoutMs - reserveMs) / 2)),
  };
  const script = { name: 'inventory.ps1', parameters, timeoutMs, maxAnswerBytes: maxReportBytes } as const;
  return runScript(script, runner, signal);
}
