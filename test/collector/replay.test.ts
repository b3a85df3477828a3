import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replayReport } from '../../src/collector/replay.ts';
import { recordingPath } from './recording.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function replayed(content: string | Buffer) {
  const path = join(folder, 'report.json');
  await writeFile(path, content);
  return replayReport(path);
}

describe('replaying a report', () => {
  it('tells the host as it was when it was captured', async () => {
    const at = Date.parse('2026-03-02T09:00:00Z');
    expect(await replayReport(recordingPath('small-office'))).toMatchObject({
      status: 'read',
      host: 'hv01',
      readAt: at,
      hostClockAt: at,
    });
  });

  it('tells a failure as the one it was', async () => {
    const report = await replayReport(recordingPath('vmms-stopped'));
    expect(report).toMatchObject({ status: 'failed', host: 'hv01', error: { code: 'VMMS_STOPPED' } });
  });

  it('reads what editors and redirections make of a file', async () => {
    const text = await readFile(recordingPath('german-host'), 'utf8');
    for (const content of [`\ufeff${text}`, Buffer.from(`\ufeff${text}`, 'utf16le')]) {
      expect(await replayed(content)).toMatchObject({ status: 'read', facts: { name: 'HV-KÖLN' } });
    }
  });

  it.each([
    ['an empty file', '', 'Unexpected end of JSON input'],
    ['a text', 'Get-VM : Access denied', 'is not valid JSON'],
    ['another JSON', '{"kind":"x"}', 'its kind is "x", expected "hyperv.inventory"'],
    ['a JSON of no kind', '{"vms":[]}', 'it has no kind, expected "hyperv.inventory"'],
    ['bytes', Buffer.from([0, 159, 146, 150]), 'is not valid JSON'],
  ])('says what it expected instead of %s', async (_what, content, why) => {
    const report = await replayed(content);
    expect(report).toMatchObject({
      status: 'failed',
      error: { code: 'REPORT_UNREADABLE', target: join(folder, 'report.json') },
    });
    const detail = report.status === 'failed' ? report.error.detail : '';
    expect(detail).toContain(why);
    expect(detail).toContain('expected a JSON report as "checkpoint-agent capture" writes it');
  });

  it('says that there is no such file, or that it is a folder', async () => {
    const missing = await replayReport(join(folder, 'none.json'));
    expect(missing).toMatchObject({
      error: {
        code: 'REPORT_UNREADABLE',
        detail: expect.stringMatching(/^there is no such file or folder; expected/),
      },
    });
    expect(await replayReport(folder)).toMatchObject({
      error: { detail: expect.stringMatching(/^it is a folder; expected/) },
    });
  });

  it('says that a report is too new, and not that it is none', async () => {
    const report = await replayed('{"kind":"hyperv.inventory","schema":7}');
    expect(report).toMatchObject({
      error: { code: 'VERSION_UNKNOWN', detail: 'its schema is 7, expected 1' },
    });
  });
});
