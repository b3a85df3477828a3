import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPowerShellCollector } from '../../src/collector/collector.ts';
import type {
  PowerShellJob,
  PowerShellResult,
  PowerShellRunner,
} from '../../src/collector/powershell-runner.ts';
import { collectError } from '../../src/core/collect-error.ts';
import { envelopeOf } from './envelope-of.ts';
import { recordingPath } from './recording.ts';

const WIRE = readFileSync(recordingPath('one-vm'), 'utf8').replace(/[^\x20-\x7e]+/g, ' ');
const WHOLE = envelopeOf(WIRE);
const never = new AbortController().signal;
const config = {
  powershell: { executable: null, modulePath: null },
  timeoutMs: 100_000,
  maxReportBytes: 1_000_000,
};

function clockFrom(start: number) {
  let now = start;
  return {
    now: () => now,
    monotonicMs: () => now / 2,
    advance: (ms: number) => {
      now += ms;
    },
  };
}

/** A runner that answers at once, and a collector on it. */
function collectorOn(result: PowerShellResult | ((job: PowerShellJob) => Promise<PowerShellResult>)) {
  const jobs: PowerShellJob[] = [];
  const clock = clockFrom(1_000_000);
  const runner: PowerShellRunner = {
    async run(job) {
      jobs.push(job);
      clock.advance(4000);
      return typeof result === 'function' ? result(job) : result;
    },
  };
  return { collector: createPowerShellCollector({ clock, runner, config }), jobs, clock };
}

const answered = (stdout: string, stderrTail = ''): PowerShellResult => ({
  status: 'answered',
  stdout,
  stderrTail,
});
const exited = (stdout: string, exitCode: number | null, signal: string | null = null): PowerShellResult => ({
  status: 'exited',
  exitCode,
  signal,
  stdout,
  stderrTail: 'some complaint',
});

describe('reading a host', () => {
  it('gives the report under the name in the configuration, with the times of both clocks', async () => {
    const { collector } = collectorOn(answered(WHOLE));
    expect(await collector.collect('hv01.corp', never)).toMatchObject({
      status: 'read',
      host: 'hv01.corp',
      readAt: 1_004_000,
      hostClockAt: Date.parse('2026-03-02T09:00:00Z'),
      durationMs: 2000,
      facts: { name: 'HV01' },
    });
  });

  it('gives the script less time than the process has, and one disk less than the script', async () => {
    const { collector, jobs } = collectorOn(answered(WHOLE));
    await collector.collect('hv01', never);
    expect(jobs).toMatchObject([
      {
        timeoutMs: 100_000,
        maxOutputBytes: 1_000_000,
        parameters: { budgetMs: 85_000, questionTimeoutMs: 30_000 },
      },
    ]);
  });

  it.each(['h$(calc)', "a'; Stop-Computer; '", 'a\nb'])(
    'says nothing of the name %j to PowerShell',
    async (host) => {
      const { collector, jobs } = collectorOn(answered(WHOLE));
      await collector.collect(host, never);
      expect(JSON.stringify(jobs)).not.toContain(JSON.stringify(host).slice(1, -1));
    },
  );

  it('reads a host once when it is asked twice at the same time', async () => {
    const { collector, jobs } = collectorOn(answered(WHOLE));
    const [one, other] = await Promise.all([
      collector.collect('hv01', never),
      collector.collect('hv01', never),
    ]);
    expect(jobs.length).toBe(1);
    expect(other).toBe(one);
    await collector.collect('hv01', never);
    expect(jobs.length).toBe(2);
  });

  it.each([
    ['warnings beside it', answered(`WARNING: x\u001b[?1h${WHOLE}\u001b[?1l`, 'noise')],
    ['a shell that failed afterwards', exited(WHOLE, 1)],
    ['a shell that was killed afterwards', exited(WHOLE, null, 'SIGKILL')],
  ])('counts a whole report in spite of %s', async (_what, result) => {
    expect(await collectorOn(result).collector.collect('hv01', never)).toMatchObject({ status: 'read' });
  });
});

describe('a reading that fails', () => {
  it.each<[what: string, result: PowerShellResult, code: string, detail: string | null]>([
    ['a timeout', { status: 'failed', error: collectError('TIMEOUT'), stderrTail: '' }, 'TIMEOUT', null],
    [
      'no shell',
      { status: 'failed', error: collectError('SHELL_MISSING', 'ENOENT'), stderrTail: 'x' },
      'SHELL_MISSING',
      'ENOENT; it said: x',
    ],
    ['no answer', answered(''), 'EMPTY_ANSWER', null],
    ['a complaint instead of an answer', answered('', 'Get-VM : no'), 'EMPTY_ANSWER', 'Get-VM : no'],
    ['success without an answer', exited('', 0), 'EMPTY_ANSWER', 'some complaint'],
    ['failure without an answer', exited('', 5), 'SHELL_DIED', 'exit code 5; it said: some complaint'],
    [
      'death without an answer',
      exited('', null, 'SIGKILL'),
      'SHELL_DIED',
      'signal SIGKILL; it said: some complaint',
    ],
    [
      'death in the middle',
      exited(WHOLE.slice(0, 200), null, 'SIGSEGV'),
      'SHELL_DIED',
      'signal SIGSEGV; it said: some complaint',
    ],
    [
      'an answer cut short',
      exited(WHOLE.slice(0, 200), 0),
      'OUTPUT_TRUNCATED',
      'it ends after 192 characters; it said: some complaint',
    ],
    ['another program', answered('hello'), 'EMPTY_ANSWER', 'it printed: hello'],
    ['a report of something else', answered(envelopeOf('{"kind":"x"}')), 'JSON_INVALID', null],
    ['no JSON', answered(envelopeOf('{')), 'JSON_INVALID', null],
  ])('says so for %s', async (_what, result, code, detail) => {
    const report = await collectorOn(result).collector.collect('hv01', never);
    expect(report).toMatchObject({
      status: 'failed',
      host: 'hv01',
      failedAt: 1_004_000,
      durationMs: 2000,
      error: { code },
    });
    if (detail !== null) expect(report.status === 'failed' && report.error.detail).toBe(detail);
  });

  it('does not stop the next one', async () => {
    let first = true;
    const { collector } = collectorOn(async () => {
      const result = first ? exited('', 1) : answered(WHOLE);
      first = false;
      return result;
    });
    expect((await collector.collect('hv01', never)).status).toBe('failed');
    expect((await collector.collect('hv01', never)).status).toBe('read');
  });
});
