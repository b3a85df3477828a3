import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { build } from 'esbuild';
import { type Fleet, LARGE_FLEET, reportJson } from './fleet.ts';
import { report, runNodeMs, startNode, withTempDir } from './measure.ts';
import { envelopeOf, makeShell } from './shell.ts';

const ROOT = join(import.meta.dirname, '..');
const BUNDLE = join(ROOT, 'dist', 'checkpoint-agent.mjs');
const PORT = 19_753;
const URL = `http://127.0.0.1:${PORT}`;
/** How long it scans every ten seconds, each time followed by scrapes, and how long it then rests before it is looked at. */
const SCANNING_MS = 35_000;
const RESTING_MS = 20_000;

/** What Linux counts as resident, now or at most. */
function residentMib(pid: number, field: 'VmRSS' | 'VmHWM'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  return Number(kib) / 1024;
}

function writeConfig(folder: string, shell: string, every: string): void {
  const lines = [
    `schedule: { every: ${every}, jitter: 0s }`,
    `web: { listen: "127.0.0.1:${PORT}" }`,
    `collector: { powershell: { executable: ${JSON.stringify(shell)} } }`,
  ];
  writeFileSync(join(folder, 'agent.yml'), `${lines.join('\n')}\n`);
}

function filesIn(folder: string): readonly string[] {
  return ['--config', join(folder, 'agent.yml'), '--state-dir', join(folder, 'state')];
}

/** Runs the built agent with this shell in the place of PowerShell while something is done with it. */
async function withAgent<T>(folder: string, use: (agent: ChildProcess) => Promise<T>): Promise<T> {
  const agent = startNode([BUNDLE, 'run', ...filesIn(folder)]);
  try {
    return await use(agent);
  } finally {
    agent.kill('SIGTERM');
    await once(agent, 'exit');
  }
}

/** Two scrapes every few seconds, packed and plain. */
async function scrape(forMs: number): Promise<void> {
  for (let passedMs = 0; passedMs < forMs; passedMs += 5000) {
    await sleep(5000);
    for (const encoding of ['gzip', 'identity']) {
      const answer = await fetch(`${URL}/metrics`, { headers: { 'Accept-Encoding': encoding } });
      await answer.arrayBuffer();
    }
  }
}

interface Memory {
  readonly resting: readonly number[];
  readonly peak: number;
}

async function measure(fleet: Fleet | null): Promise<Memory> {
  return withTempDir(async (folder) => {
    const shell = fleet === null ? '/nowhere/pwsh' : makeShell(folder, envelopeOf(reportJson(fleet, 0)));
    writeConfig(folder, shell, '10s');
    return withAgent(folder, async (agent) => {
      await scrape(SCANNING_MS);
      // A longer schedule is taken up without a restart.
      writeConfig(folder, shell, '1h');
      await sleep(RESTING_MS);
      const resting: number[] = [];
      for (let look = 0; look < 5; look += 1) {
        resting.push(residentMib(agent.pid ?? 0, 'VmRSS'));
        await sleep(1000);
      }
      return { resting, peak: residentMib(agent.pid ?? 0, 'VmHWM') };
    });
  });
}

/** Host and agent together, at rest after the first scan. */
async function measureService(): Promise<readonly number[]> {
  return withTempDir(async (folder) => {
    const script = join(folder, 'service.mjs');
    await build({
      entryPoints: [join(import.meta.dirname, 'pretended-service.ts')],
      outfile: script,
      bundle: true,
      format: 'esm',
      platform: 'node',
      external: ['koffi'],
    });
    symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
    writeConfig(folder, '/nowhere/pwsh', '1h');
    const log = join(folder, 'service.log');
    const host = spawn(process.execPath, [script, BUNDLE, log, ...filesIn(folder)], {
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    try {
      await sleep(RESTING_MS);
      const pids = [host.pid ?? 0, childOf(host.pid ?? 0)];
      const resting: number[] = [];
      for (let look = 0; look < 5; look += 1) {
        resting.push(pids.reduce((sum, pid) => sum + residentMib(pid, 'VmRSS'), 0));
        await sleep(1000);
      }
      return resting;
    } finally {
      host.stdin.end();
      await once(host, 'exit');
    }
  });
}

/** The only one there is. */
function childOf(pid: number): number {
  const [child, ...more] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  if (child === undefined || child === '' || more.length > 0) throw new Error('expected one agent');
  return Number(child);
}

await runNodeMs([join(ROOT, 'tools', 'build.ts')], [0]);
const idle = await measure(null);
const large = await measure(LARGE_FLEET);
const service = await measureService();
report([
  {
    name: 'resident memory, service host and agent, idle',
    unit: 'MiB',
    samples: service,
    mark: { atMost: 170 },
  },
  { name: 'resident memory, nothing read', unit: 'MiB', samples: idle.resting, mark: { atMost: 110 } },
  { name: 'resident memory, 10,000 checkpoints', unit: 'MiB', samples: large.resting, mark: { atMost: 220 } },
  { name: 'resident memory, at most during a scan', unit: 'MiB', samples: [large.peak], mark: null },
]);
