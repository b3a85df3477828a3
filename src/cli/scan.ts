import { setInterval } from 'node:timers';
import { systemClock } from '../agent/clock.ts';
import { createLocalCollector } from '../agent/local-collector.ts';
import { scanIntervalMs } from '../agent/schedule.ts';
import { replayReport } from '../collector/replay.ts';
import type { Config } from '../config/config.ts';
import { errorInfo } from '../core/collect-error.ts';
import type { HostReport } from '../core/model.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import { plainText } from '../core/render/plain-text.ts';
import { formatAge } from '../core/units.ts';
import { configForCommand } from './config-for-command.ts';
import { untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';
import { type ScanOptions, showScan } from './scan-view.ts';

export interface ScanRequest extends ScanOptions {
  readonly config: string | null;
  /** A report to show instead of reading the host. */
  readonly fromFile: string | null;
}

/** Reads once and shows. Exit codes: 0 done, 1 not read, 4 found what `failOn` names, 78 the configuration is wrong. */
export async function scan(request: ScanRequest, io: CliIo): Promise<number> {
  const loaded = configForCommand(request.config, io);
  if (!loaded.ok) return loaded.exitCode;
  const { config } = loaded;
  const reports =
    request.fromFile === null ? await readHosts(config, io) : [await replayReport(request.fromFile)];
  const ofReplay = request.fromFile === null ? undefined : reports[0];
  // A replayed report is shown as it was then; its age is no fault of the VMs.
  const now = ofReplay?.status === 'read' ? ofReplay.readAt : systemClock.now();
  const replay = request.fromFile === null ? ('live' as const) : ('replay' as const);
  const scanned = {
    reports,
    policy: compilePolicy(config.policy),
    scanIntervalMs: scanIntervalMs(config.schedule),
    now,
    replay,
  };
  const exitCode = showScan(scanned, request, io);
  // Last, where people look.
  for (const report of reports) tellAdvice(report, io);
  return exitCode;
}

async function readHosts({ hosts, collector: settings }: Config, io: CliIo): Promise<readonly HostReport[]> {
  const machine = { platform: io.platform, arch: process.arch, env: io.env };
  const collector = createLocalCollector(settings, machine, systemClock);
  const interrupt = untilInterrupted();
  const endProgress = showProgress(hosts, io);
  try {
    return await Promise.all(hosts.map((host) => collector.collect(host, interrupt.signal)));
  } finally {
    endProgress();
    interrupt.dispose();
  }
}

/** A line that tells people at a terminal that a long scan is alive. */
function showProgress(hosts: readonly string[], { stderr }: CliIo): () => void {
  if (!stderr.isTTY) return () => {};
  const startedMs = systemClock.monotonicMs();
  const timer = setInterval(() => {
    const elapsed = formatAge(systemClock.monotonicMs() - startedMs);
    stderr.write(`\r\u001b[KReading ${plainText(hosts.join(', '), 60)} … ${elapsed}`);
  }, 1000);
  return () => {
    clearInterval(timer);
    stderr.write('\r\u001b[K');
  };
}

function tellAdvice(report: HostReport, { stderr }: CliIo): void {
  if (report.status === 'failed') {
    stderr.write(`${plainText(report.host)}: ${errorInfo(report.error.code).advice}\n`);
  }
}
