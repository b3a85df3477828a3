import { join } from 'node:path';
import { createDemoCollector, DEMO_HOSTS } from '../src/collector/demo/demo-collector.ts';
import { loadDefaults } from '../src/config/load.ts';
import { inventoryOfReports, judgedView } from '../src/core/judged-view.ts';
import { compilePolicy } from '../src/core/policy/compile.ts';
import { HOUR_MS } from '../src/core/units.ts';
import { createExporter } from '../src/exporter/exporter.ts';
import { createSelfMetrics } from '../src/exporter/self-metrics.ts';
import { createStillClock, report, runNodeMs } from './measure.ts';

const ROOT = join(import.meta.dirname, '..');
const ROUNDS = 31;
/** The hours after which the demo has trouble of every kind. */
const DEMO_HOURS = 60;

/** Serves the demo fleet and gives the address. */
async function serveDemo(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const startedAt = Date.now();
  const clock = createStillClock(startedAt + DEMO_HOURS * HOUR_MS);
  const collector = createDemoCollector(clock, startedAt);
  const { signal } = new AbortController();
  const reports = await Promise.all(DEMO_HOSTS.map((host) => collector.collect(host, signal)));
  const { policy, metrics, web } = loadDefaults({ env: {}, platform: 'linux', thisMachine: ['demo'] });
  const exporter = createExporter({
    web: { ...web, port: 0 },
    metrics,
    clock,
    selfMetrics: createSelfMetrics({ version: '', revision: '', nodeVersion: '' }, DEMO_HOSTS),
    version: '',
    mails: null,
    onFault: (error) => {
      throw error;
    },
  });
  const judgedBy = { policy: compilePolicy(policy), now: clock.at, scanIntervalMs: HOUR_MS };
  await exporter.publish(judgedView(inventoryOfReports(reports, clock.at), judgedBy));
  const listening = await exporter.listen();
  if (!listening.ok) throw new Error(listening.message);
  return { url: listening.url, close: exporter.close };
}

/** Each kind of start once a round, so that a busy moment of the machine is everybody's. */
async function rounds(url: string): Promise<readonly (readonly number[])[]> {
  const starts = [
    ['-e', '0'],
    [join(ROOT, 'dist', 'checkpoint-agent.mjs'), 'check', '--url', url],
    [join(ROOT, 'src', 'main.ts'), 'check', '--url', url],
  ];
  const samples = starts.map((): number[] => []);
  for (let round = 0; round <= ROUNDS; round += 1) {
    for (const [index, args] of starts.entries()) {
      const ms = await runNodeMs(args, index === 0 ? [0] : [1, 2]);
      // The first fills the caches of the disk.
      if (round > 0) samples[index]?.push(ms);
    }
  }
  return samples;
}

await runNodeMs([join(ROOT, 'tools', 'build.ts')], [0]);
const server = await serveDemo();
const [bare = [], bundled = [], source = []] = await rounds(server.url);
await server.close();
const times = (samples: readonly number[]) => samples.map((ms, round) => ms / (bare[round] ?? Number.NaN));
report([
  { name: 'node -e 0', unit: 'ms', samples: bare, mark: null },
  { name: 'check', unit: 'ms', samples: bundled, mark: null },
  { name: 'check: so many times node -e 0', unit: 'x', samples: times(bundled), mark: { atMost: 2.5 } },
  { name: 'check from source', unit: 'ms', samples: source, mark: null },
]);
