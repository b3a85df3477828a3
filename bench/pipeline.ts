import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { type CycleSettings, createCycle } from '../src/agent/cycle.ts';
import { mailComposer } from '../src/agent/mail-composer.ts';
import { createScanLog } from '../src/agent/scan-log.ts';
import { createStateLog } from '../src/agent/state-log.ts';
import { readReport } from '../src/collector/report.ts';
import type { Config } from '../src/config/config.ts';
import { loadDefaults } from '../src/config/load.ts';
import { compilePolicy } from '../src/core/policy/compile.ts';
import { createExporter } from '../src/exporter/exporter.ts';
import { createSelfMetrics } from '../src/exporter/self-metrics.ts';
import type { Clock, Logger } from '../src/ports.ts';
import { openStore } from '../src/store/sqlite.ts';
import {
  FIRST_SCAN_AT,
  type Fleet,
  FORGOTTEN_FLEET,
  LARGE_FLEET,
  reportJson,
  SCAN_EVERY_MS,
} from './fleet.ts';
import { createStillClock, type Figure, report, withTempDir } from './measure.ts';

/** Scans until the code is compiled and the alerts are known, and scans measured after them. */
const WARM_UP = 12;
const MEASURED = 20;

interface Scan {
  readonly mainMs: number;
  readonly processMs: number;
  readonly blockedMs: number;
}

const defaults = loadDefaults({ env: process.env, platform: process.platform, thisMachine: ['hv01'] });
const config: Config = {
  ...defaults,
  mail: {
    smtp: {
      host: 'localhost',
      port: 25,
      tls: 'none',
      caFile: null,
      user: null,
      password: null,
      timeoutMs: 10_000,
    },
    from: 'agent@corp.example',
    to: ['ops@corp.example'],
    subjectPrefix: '[Hyper-V]',
  },
};

/** Anything worth a warning here would make the figures worthless. */
function fail(message: string, fields: unknown = null): never {
  throw new Error(`${message} ${JSON.stringify(fields)}`);
}
const logger: Logger = { debug: () => {}, info: () => {}, warn: fail, error: fail };

/** Scans a fleet again and again through the agent's own cycle; only PowerShell and the packed transport are missing. */
async function scans(fleet: Fleet, stateDir: string): Promise<readonly Scan[]> {
  const clock = createStillClock(FIRST_SCAN_AT);
  const opened = openStore({ stateDir, clock });
  if (!opened.ok) fail(opened.problem.message);
  const { store } = opened;
  const selfMetrics = createSelfMetrics({ version: '', revision: '', nodeVersion: '' }, config.hosts);
  const { web, metrics } = config;
  const options = { web, metrics, clock, selfMetrics, version: '', mails: null };
  const exporter = createExporter({ ...options, onFault: (error) => fail('an answer failed', error) });
  const logs = { logger, scanLog: createScanLog(logger, null), stateLog: createStateLog(logger, null) };
  const { publish } = exporter;
  const cycle = createCycle({ clock, store, selfMetrics, ...logs, alertEvents: null, publish }, []);
  const reportPath = (index: number): string => join(stateDir, `report-${index}.json`);
  const indices = Array.from({ length: WARM_UP + MEASURED }, (_, index) => index);
  for (const index of indices) writeFileSync(reportPath(index), reportJson(fleet, index));
  // What making the reports left behind is not the scans' to clear away.
  globalThis.gc?.();
  const done: Scan[] = [];
  for (const index of indices) {
    clock.at = FIRST_SCAN_AT + index * SCAN_EVERY_MS;
    const settings = settingsFor(readFileSync(reportPath(index), 'latin1'), clock);
    done.push(await measured(() => cycle.run(() => settings, new AbortController().signal)));
  }
  store.close();
  return done;
}

function settingsFor(text: string, clock: Clock): CycleSettings {
  return {
    hosts: config.hosts,
    policy: compilePolicy(config.policy),
    scanIntervalMs: SCAN_EVERY_MS,
    composeMails: mailComposer(config, 'bench'),
    collector: {
      async collect(host) {
        const read = await readReport(text, { host, readAt: clock.now(), durationMs: 1000 });
        return read.ok ? read.reading : fail('the report was not read', read.error);
      },
    },
  };
}

async function measured(action: () => Promise<void>): Promise<Scan> {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  await sleep(20);
  delay.reset();
  const mainBefore = process.threadCpuUsage();
  const processBefore = process.cpuUsage();
  await action();
  const main = process.threadCpuUsage(mainBefore);
  const all = process.cpuUsage(processBefore);
  await sleep(5);
  delay.disable();
  return {
    mainMs: (main.user + main.system) / 1000,
    processMs: (all.user + all.system) / 1000,
    blockedMs: delay.max / 1e6,
  };
}

function figures(name: string, all: readonly Scan[], isMarked: boolean): readonly Figure[] {
  const warm = all.slice(WARM_UP);
  const mark = (atMost: number) => (isMarked ? { atMost } : null);
  const figure = (what: string, samples: readonly number[], limit: Figure['mark']): Figure => ({
    name: `${name}: ${what}`,
    unit: 'ms',
    samples,
    mark: limit,
  });
  return [
    figure(
      'CPU, main thread',
      warm.map((scan) => scan.mainMs),
      mark(300),
    ),
    figure(
      'CPU, all threads',
      warm.map((scan) => scan.processMs),
      null,
    ),
    figure(
      'event loop blocked',
      warm.map((scan) => scan.blockedMs),
      mark(50),
    ),
    figure(
      'CPU, main thread, first scan',
      all.slice(0, 1).map((scan) => scan.mainMs),
      null,
    ),
  ];
}

report([
  ...figures('pipeline', await withTempDir((folder) => scans(LARGE_FLEET, folder)), true),
  ...figures('pipeline, all forgotten', await withTempDir((folder) => scans(FORGOTTEN_FLEET, folder)), false),
]);
