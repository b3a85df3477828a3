import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackEnvelope } from '../src/collector/envelope.ts';
import { findExecutable, type Machine } from '../src/collector/executable.ts';
import { createNodePowerShell } from '../src/collector/node-powershell.ts';
import { MIB } from '../src/core/units.ts';
import { LARGE_FLEET, reportJson } from './fleet.ts';
import { elapsedMs, type Figure, report, withTempDir } from './measure.ts';
import { envelopeOf, makeShell } from './shell.ts';

const MACHINE: Machine = { platform: process.platform, arch: process.arch, env: process.env };
const ROUNDS = 15;
const REPORT_BYTES = 20e6;

/** A report of the wanted length: a large fleet, and blanks for what is missing. */
function reportOf(bytes: number): string {
  const vms = Math.floor((LARGE_FLEET.vms * bytes) / reportJson(LARGE_FLEET, 0).length);
  return reportJson({ ...LARGE_FLEET, vms }, 0).padEnd(bytes);
}

/** From the start of the shell to the unpacked text, through the runner that the agent uses. */
async function fetchMs(executable: string, script: string): Promise<number> {
  const runner = createNodePowerShell({ executable, modulePath: null }, MACHINE);
  const job = { script, parameters: {}, timeoutMs: 60_000, maxOutputBytes: 64 * MIB };
  return elapsedMs(async () => {
    const result = await runner.run(job, new AbortController().signal);
    if (result.status !== 'answered') throw new Error(`the shell has ${result.status}`);
    const unpacked = await unpackEnvelope(result.stdout, 64 * MIB);
    if (!unpacked.ok) throw new Error(`${unpacked.error.code} ${unpacked.error.detail}`);
  });
}

async function rounds(executable: string, script: string): Promise<readonly number[]> {
  const samples: number[] = [];
  for (let round = 0; round <= ROUNDS; round += 1) samples.push(await fetchMs(executable, script));
  // The first compiles the code.
  return samples.slice(1);
}

async function fakeShellMs(json: string): Promise<readonly number[]> {
  return withTempDir(async (folder) => rounds(makeShell(folder, envelopeOf(json)), '# a script'));
}

/** The same with a PowerShell that is on PATH; nothing without one. */
async function realShell(json: string): Promise<readonly Figure[]> {
  const found = await findExecutable({ executable: 'pwsh', modulePath: null }, MACHINE);
  if (!found.ok) return [];
  const samples = await withTempDir(async (folder) => {
    const path = join(folder, 'envelope');
    writeFileSync(path, envelopeOf(json));
    return rounds(found.path, `[Console]::Out.Write([IO.File]::ReadAllText('${path}'))`);
  });
  return [{ name: 'transport of 20 MB, pwsh, with its start', unit: 'ms', samples, mark: null }];
}

const json = reportOf(REPORT_BYTES);
report([
  { name: 'transport of 20 MB', unit: 'ms', samples: await fakeShellMs(json), mark: { atMost: 300 } },
  {
    name: 'transport of 1 kB: start and end of the shell',
    unit: 'ms',
    samples: await fakeShellMs(reportOf(1000)),
    mark: null,
  },
  ...(await realShell(json)),
]);
