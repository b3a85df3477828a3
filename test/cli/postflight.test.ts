import { describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { type PostflightRequest, postflight } from '../../src/cli/postflight.ts';
import { collectError } from '../../src/core/collect-error.ts';
import type { HostReport } from '../../src/core/model.ts';
import { NO_MEMORY } from '../../src/core/policy/memory.ts';
import { MINUTE_MS, SECOND_MS } from '../../src/core/units.ts';
import { fakeTime } from '../agent/fake-time.ts';
import { host, NOW, type VmSpec } from '../builders.ts';
import { fakeIo } from './io.ts';

const NO_CONFIG = { XDG_CONFIG_HOME: '/nowhere' };

async function recorded(recording: string, vm: string, ...more: readonly string[]) {
  const { io, printed } = fakeIo({ env: NO_CONFIG });
  const file = `test/fixtures/recordings/${recording}.json`;
  const exitCode = await runCommand(['postflight', '--vm', vm, '--from-file', file, ...more], io);
  return { exitCode, ...printed };
}

describe('postflight', () => {
  it.each([
    ['small-office', 'WEB01', 0, 'WEB01: yes, gone and merged\n'],
    ['small-office', 'ERP01', 0, 'ERP01: yes, gone and merged\n'],
    ['small-office', 'SQL01', 4, 'SQL01: not yet: 3 checkpoints still there'],
    ['small-office', 'TEST01', 4, 'TEST01: not yet: 1 checkpoint still there'],
    ['small-office', 'PRINT01', 4, 'PRINT01: not yet: no checkpoint explains 1 AVHDX file (44.0 GiB)'],
    ['merging', 'merge01', 4, 'merge01: not yet: it is merging disks'],
    ['merging', 'delete01', 4, 'delete01: not yet: 1 checkpoint still there'],
    ['merging', 'backup01', 1, 'backup01: not known: '],
    ['merging', 'move01', 0, 'move01: yes, gone and merged\n'],
    ['unreferenced-layers', 'hidden01', 4, 'hidden01: not yet: no checkpoint explains 3 AVHDX files'],
    ['replica', 'over01', 0, 'over01: yes, gone and merged\n'],
    ['vm-disappears-silently', 'bravo', 1, 'bravo: not known: it was not wholly read'],
    ['access-denied', 'SQL01', 1, 'SQL01: not known: hv01 was not read'],
    ['same-names', 'app', 1, 'app: not known: 3 VMs are of this name'],
  ])('answers for %s, %s: %i', async (recording, vm, exitCode, begin) => {
    const answer = await recorded(recording, vm);
    expect(answer.exitCode).toBe(exitCode);
    expect(answer.out.slice(0, begin.length)).toBe(begin);
  });

  it('asks for one checkpoint by name or id', async () => {
    expect((await recorded('small-office', 'SQL01', '--checkpoint', 'BEFORE cu12')).exitCode).toBe(4);
    expect((await recorded('small-office', 'SQL01', '--checkpoint', 'before')).exitCode).toBe(0);
    expect((await recorded('unreferenced-layers', 'between01', '--checkpoint', 'gone')).exitCode).toBe(4);
  });

  it('prints JSON', async () => {
    expect(JSON.parse((await recorded('small-office', 'WEB01', '--json')).out)).toMatchObject({
      kind: 'hyperv.postflight',
      verdict: 'yes',
    });
  });
});

const MERGING: VmSpec = { name: 'SQL01', operationalStatus: [2, 32772] };
const MERGED: VmSpec = { name: 'SQL01' };

function reportOf(spec: VmSpec | null): HostReport {
  const { reading } = host({ readAt: NOW, vms: spec === null ? [] : [spec] });
  if (reading === null) throw new Error('no reading');
  return reading;
}

const FAILED: HostReport = {
  status: 'failed',
  host: 'hv01',
  failedAt: NOW,
  durationMs: 1,
  error: collectError('VMMS_STOPPED'),
};

/** Asks while time passes; each reading takes what stands next, and the last again and again. */
function waitFor(reports: readonly HostReport[], more: Partial<PostflightRequest> = {}, readingMs = 0) {
  const time = fakeTime();
  const { io, printed } = fakeIo({ env: NO_CONFIG });
  const readAtSeconds: number[] = [];
  const request = {
    config: null,
    vm: 'SQL01',
    fromFile: null,
    json: false,
    checkpoint: null,
    waitMs: 5 * MINUTE_MS,
    ...more,
  };
  const read = async (_config: unknown, _io: unknown, signal: AbortSignal) => {
    const report = reports[Math.min(readAtSeconds.length, reports.length - 1)];
    readAtSeconds.push(time.clock.monotonicMs() / SECOND_MS);
    if (readingMs > 0) time.sleep(readingMs);
    if (report === undefined) throw new Error('nothing to read');
    return { reports: [signal.aborted ? FAILED : report], memory: NO_MEMORY, now: NOW };
  };
  const exitCode = postflight(request, io, { clock: time.clock, timers: time.timers, read });
  const pass = async (ms: number): Promise<void> => {
    // The first reading ends before time goes on.
    await new Promise((resolve) => setImmediate(resolve));
    await time.pass(ms);
  };
  return { exitCode, printed, readAtSeconds, pass };
}

describe('waiting', () => {
  it('reads every 15 s until the answer is yes', async () => {
    const { exitCode, printed, readAtSeconds, pass } = waitFor([MERGING, MERGING, MERGED].map(reportOf));
    await pass(5 * MINUTE_MS);
    expect(await exitCode).toBe(0);
    expect(readAtSeconds).toEqual([0, 15, 30]);
    expect(printed.out).toMatch(/^SQL01: yes, gone and merged\n/);
  });

  it('ends when the time is over, with one last look', async () => {
    const { exitCode, readAtSeconds, pass } = waitFor([reportOf(MERGING)], { waitMs: 40 * SECOND_MS });
    await pass(5 * MINUTE_MS);
    expect(await exitCode).toBe(4);
    expect(readAtSeconds).toEqual([0, 15, 30, 40]);
  });

  it('ends also when each reading takes longer than all the time there is', async () => {
    const { exitCode, readAtSeconds, pass } = waitFor(
      [reportOf(MERGING)],
      { waitMs: MINUTE_MS },
      2 * MINUTE_MS,
    );
    await pass(10 * MINUTE_MS);
    expect(await exitCode).toBe(4);
    expect(readAtSeconds).toEqual([0]);
  });

  it('reads once when nobody wants to wait', async () => {
    const { exitCode, readAtSeconds } = waitFor([reportOf(MERGING)], { waitMs: 0 });
    expect(await exitCode).toBe(4);
    expect(readAtSeconds).toEqual([0]);
  });

  it('goes on while a host cannot be read, and tells of the last reading', async () => {
    const { exitCode, readAtSeconds, pass } = waitFor([FAILED, FAILED, reportOf(MERGED)]);
    await pass(5 * MINUTE_MS);
    expect(await exitCode).toBe(0);
    expect(readAtSeconds).toHaveLength(3);
    const never = waitFor([reportOf(MERGING), FAILED], { waitMs: MINUTE_MS });
    await never.pass(5 * MINUTE_MS);
    expect(await never.exitCode).toBe(1);
    expect(never.printed.err).toContain('Start-Service vmms');
  });

  it('does not wait for a VM that is not there', async () => {
    const { exitCode, readAtSeconds } = waitFor([reportOf(null)]);
    expect(await exitCode).toBe(1);
    expect(readAtSeconds).toEqual([0]);
  });

  it('ends at Ctrl+C with what was known', async () => {
    const { exitCode, printed, pass } = waitFor([reportOf(MERGING)]);
    await pass(20 * SECOND_MS);
    process.emit('SIGINT');
    expect(await exitCode).toBe(4);
    expect(printed.out).toMatch(/^SQL01: not yet: it is merging disks\n/);
  });
});
