import { readFile } from 'node:fs/promises';
import type { CollectorConfig } from '../config/config.ts';
import { type CollectError, collectError } from '../core/collect-error.ts';
import type { HostReport } from '../core/model.ts';
import { SECOND_MS } from '../core/units.ts';
import type { Clock, Collector } from '../ports.ts';
import { type Unpacked, unpackEnvelope } from './envelope.ts';
import { excerpt } from './excerpt.ts';
import type { PowerShellResult, PowerShellRunner } from './powershell-runner.ts';
import { readReport } from './report.ts';

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
export type RawReport =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: CollectError };

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
  const script = await loadScript();
  if (script === null) {
    return {
      ok: false,
      error: collectError('SCRIPT_FAILED', 'inventory.ps1 is not where the agent was installed'),
    };
  }
  const reserveMs = Math.min(BUDGET_RESERVE_MAX_MS, timeoutMs * BUDGET_RESERVE_RATIO);
  const result = await runner.run(
    {
      script,
      parameters: {
        scanId: crypto.randomUUID(),
        budgetMs: Math.round(timeoutMs - reserveMs),
        diskTimeoutMs: Math.round(Math.min(DISK_TIMEOUT_MAX_MS, (timeoutMs - reserveMs) / 2)),
      },
      timeoutMs,
      // The report travels packed, so this leaves room for noise around it.
      maxOutputBytes: maxReportBytes,
    },
    signal,
  );
  if (result.status === 'failed') return { ok: false, error: withStderr(result.error, result.stderrTail) };
  const unpacked = await unpackEnvelope(result.stdout, maxReportBytes);
  return unpacked.ok ? unpacked : { ok: false, error: explain(unpacked, result) };
}

async function loadScript(): Promise<string | null> {
  try {
    return await readFile(new URL('./inventory.ps1', import.meta.url), 'utf8');
  } catch {
    return null;
  }
}

/** A whole report counts whatever the process did then; without one, the way it ended says more than what is missing. */
function explain({ error }: Extract<Unpacked, { ok: false }>, result: PowerShellResult): CollectError {
  const isMissing = error.code === 'EMPTY_ANSWER' || error.code === 'OUTPUT_TRUNCATED';
  if (isMissing && result.status === 'exited' && (result.exitCode !== 0 || result.signal !== null)) {
    const how = result.signal === null ? `exit code ${result.exitCode}` : `signal ${result.signal}`;
    return withStderr(collectError('SHELL_DIED', how), result.stderrTail);
  }
  return withStderr(error, result.stderrTail);
}

function withStderr(error: CollectError, stderrTail: string): CollectError {
  const said = excerpt(stderrTail);
  if (said === '') return error;
  return { ...error, detail: excerpt(error.detail === null ? said : `${error.detail}; it said: ${said}`) };
}
