import { describe, expect, it } from 'vitest';
import { scanCsv } from '../../../src/core/render/scan/csv.ts';
import { scanJson } from '../../../src/core/render/scan/json.ts';
import { scanTable, summaryLine } from '../../../src/core/render/scan/table.ts';
import { scanTrees } from '../../../src/core/render/scan/trees.ts';
import { ALL_EXCEPTED, LAB09, PARTLY_EXCEPTED, viewOf } from '../excepted.ts';

const marked = (severity: string, text: string): string => `<${severity}>${text}`;
const plain = (_: unknown, text: string): string => text;

describe('what exceptions cover', () => {
  it('has a mark of its own in the table, behind all that is open', async () => {
    await expect(scanTable(PARTLY_EXCEPTED, plain)).toMatchFileSnapshot('scan/excepted.txt');
  });

  it('has the same mark in the tree', async () => {
    await expect(scanTrees(PARTLY_EXCEPTED, 'live')).toMatchFileSnapshot('scan/tree-excepted.txt');
  });

  it('has no colour of a severity', () => {
    const text = scanTable(PARTLY_EXCEPTED, marked);
    expect(text).toMatch(/^<critical>CRIT .* before patch /m);
    expect(text).toMatch(/^ exc {2}LAB09 /m);
  });

  it('is counted on the last line, also when there is nothing else', () => {
    expect(summaryLine(ALL_EXCEPTED)).toBe('Nothing found on 2 VMs, 1 excepted. Everything was looked at.');
    const partly = viewOf([LAB09], { others: [{ host: 'hv09', unread: true }] });
    expect(summaryLine(partly)).toBe(
      'Nothing found in what was looked at on 1 VM, 1 excepted. Not looked at: hv09.',
    );
  });

  it('is back on the first moment of the day after', () => {
    const end = Date.UTC(2026, 11, 31, 23);
    const at = (now: number) => scanTable(viewOf([LAB09], { now }), plain).match(/^(....).* golden /m)?.[1];
    expect([at(end - 1), at(end)]).toEqual([' exc', 'CRIT']);
  });

  it('is neither ok nor a severity in CSV; its reason, end and owner are in columns of their own', async () => {
    await expect(scanCsv(PARTLY_EXCEPTED).replaceAll('\r\n', '\n')).toMatchFileSnapshot(
      'scan/excepted.csv.txt',
    );
  });

  it('is no reason in CSV to call that well which was not looked at', () => {
    const shown = viewOf([
      { name: 'LAB09', checkpoints: [{ name: 'golden', createdAt: 0, layerBytes: null }] },
    ]);
    const lines = scanCsv(shown).split('\r\n');
    expect(lines.find((line) => line.includes(',golden,'))).toMatch(/^unknown,/);
  });

  it('is in JSON with its exception, beside tags, owners and the role of the VM', async () => {
    const { vms, findings } = JSON.parse(JSON.stringify(scanJson(PARTLY_EXCEPTED)));
    expect(
      findings.map((each: { rule: string; exception: unknown; owner: unknown }) => [
        each.rule,
        each.owner,
        each.exception,
      ]),
    ).toContainEqual([
      'checkpoint-age',
      'j.doe',
      {
        reason: 'training image',
        untilAt: '2026-12-31T23:00:00.000Z',
        owner: 'j.doe',
        line: expect.any(Number),
      },
    ]);
    expect(
      vms.map(({ name, tags, owner, guestRole }: Record<string, unknown>) => [name, tags, owner, guestRole]),
    ).toEqual([
      ['APP03', [], null, null],
      ['LAB09', ['lab', 'training'], null, null],
      ['SQL01', [], 'dba', null],
    ]);
    const owners = vms[2].checkpoints.map(({ owner }: { owner: unknown }) => owner);
    expect(owners).toEqual(['dba', 'm.mustermann']);
  });
});
