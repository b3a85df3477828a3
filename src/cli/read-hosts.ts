import { setInterval } from 'node:timers';
import { systemClock } from '../agent/clock.ts';
import { createLocalCollector } from '../agent/local-collector.ts';
import type { Config } from '../config/config.ts';
import { errorInfo } from '../core/collect-error.ts';
import type { HostReport } from '../core/model.ts';
import { plainText } from '../core/render/plain-text.ts';
import { formatAge } from '../core/units.ts';
import type { CliIo } from './io.ts';

/** Reads every host of the configuration once; whatever goes wrong is part of the reports. */
export async function readHosts(
  { hosts, collector: settings }: Config,
  io: CliIo,
  signal: AbortSignal,
): Promise<readonly HostReport[]> {
  const machine = { platform: io.platform, arch: process.arch, env: io.env };
  const collector = createLocalCollector(settings, machine, systemClock);
  const endProgress = showProgress(`Reading ${plainText(hosts.join(', '), 60)}`, io);
  try {
    return await Promise.all(hosts.map((host) => collector.collect(host, signal)));
  } finally {
    endProgress();
  }
}

/** A line that tells people at a terminal that something long is alive. */
export function showProgress(what: string, { stderr }: CliIo): () => void {
  if (!stderr.isTTY) return () => {};
  const startedMs = systemClock.monotonicMs();
  const timer = setInterval(() => {
    stderr.write(`\r\u001b[K${what} … ${formatAge(systemClock.monotonicMs() - startedMs)}`);
  }, 1000);
  return () => {
    clearInterval(timer);
    stderr.write('\r\u001b[K');
  };
}

/** What to do about a host that was not read. */
export function tellAdvice(report: HostReport, { stderr }: CliIo): void {
  if (report.status === 'failed') {
    stderr.write(`${plainText(report.host)}: ${errorInfo(report.error.code).advice}\n`);
  }
}
