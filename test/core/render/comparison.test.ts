import { expect, it } from 'vitest';
import { replayReport } from '../../../src/collector/replay.ts';
import type { Inventory } from '../../../src/core/inventory.ts';
import { inventoryOfReports } from '../../../src/core/judged-view.ts';
import { compareJudgements } from '../../../src/core/policy/compare.ts';
import {
  comparisonJson,
  comparisonTable,
  type ShownComparison,
} from '../../../src/core/render/scan/comparison.ts';
import { DAY_MS, GIB } from '../../../src/core/units.ts';
import { inventory, NOW } from '../../builders.ts';
import { policyOf, viewAt } from '../../policy.ts';

const plain = (_: unknown, text: string): string => text;

function compared(read: Inventory, inForce: string, tried: string, now = NOW): ShownComparison {
  const [before, after] = [inForce, tried].map((yaml) => viewAt(read, now, policyOf(yaml)));
  if (before === undefined || after === undefined) throw new Error('two views');
  const comparison = compareJudgements(before.findings, after.findings);
  return { view: before, comparison, tried: 'new.yml', replay: 'live' };
}

const STRICTER = `
kinds: { golden: { checkpoint: 'golden*' } }
rules:
  checkpoint-age: { user: { warning: 1d, critical: 5d }, golden: { warning: 90d, critical: 180d } }
  clock-skew: null
overrides: [{ vm: WEB*, rules: { checkpoint-count: { warning: 1, critical: 3 } } }]
exceptions:
  - { vm: FS01, reason: "waits for\\u202e the quota project", until: 2026-12-31, owner: j.doe }
`;

it('shows what another configuration would find otherwise, worst first', async () => {
  const read = inventory(
    {
      host: 'hv01',
      clockOffsetMs: 3_600_000,
      vms: [
        { name: 'SQL01', checkpoints: [{ name: 'before CU12', ageMs: 6 * DAY_MS }] },
        { name: 'APP01', checkpoints: [{ name: 'golden state', ageMs: 40 * DAY_MS }] },
        { name: 'FS01', checkpoints: [{ name: 'before\nquota\u001b[31m', ageMs: 12 * DAY_MS }] },
        { name: 'WEB01', checkpoints: ['a', 'b', 'c'].map((name) => ({ name, ageMs: 3_600_000 })) },
        { name: 'OLD01', checkpoints: [{ name: 'big', ageMs: 3_600_000, layerBytes: 70 * GIB }] },
        { name: 'LAB09', checkpoints: [{ name: 'course', ageMs: 8 * DAY_MS }] },
        { name: 'lab09', id: '33334444-0', checkpoints: [{ name: 'course', ageMs: 2 * DAY_MS }] },
      ],
    },
    { host: 'hv02', unread: true },
  );
  const inForce = 'exceptions: [{ vm: LAB09, reason: training, until: 2026-11-30 }]';
  await expect(comparisonTable(compared(read, inForce, STRICTER), plain)).toMatchFileSnapshot('scan/try.txt');
});

it('compares a report that was captured', async () => {
  const report = await replayReport('test/fixtures/recordings/small-office.json');
  const now = report.status === 'read' ? report.readAt : 0;
  const shown = compared(inventoryOfReports([report], now), '', STRICTER, now);
  await expect(comparisonTable({ ...shown, replay: 'replay' }, plain)).toMatchFileSnapshot(
    'scan/try-office.txt',
  );
});

it('says that nothing would change, and that nothing is known', () => {
  const same = compared(inventory({ vms: [{ name: 'A' }] }), '', '');
  expect(comparisonTable(same, plain)).toMatch(
    /^With new\.yml: 0 findings as now, nothing would change\. Everything was looked at\.$/m,
  );
  const unread = compared(inventory({ unread: true }), '', STRICTER);
  expect(comparisonTable(unread, plain)).toMatch(/\n\nNothing is known: hv01 was not read\.\n$/);
});

it('gives the same as data', () => {
  const read = inventory({ vms: [{ name: 'A', checkpoints: [{ name: 'x', ageMs: 4 * DAY_MS }] }] });
  const shown = compared(read, '', 'exceptions: [{ vm: A, reason: x, until: 2026-12-31 }]');
  const warnings = [
    { line: 3, column: null, path: 'tags.web', message: '"WEB*" matches no VM', severity: 'warning' },
  ];
  expect(JSON.parse(JSON.stringify(comparisonJson(shown, warnings)))).toMatchObject({
    kind: 'hyperv.scan-try',
    tried: 'new.yml',
    counts: { same: 0, disappear: 0, appear: 0, change: 1 },
    changes: [
      {
        type: 'changes',
        before: { rule: 'checkpoint-age', severity: 'warning', exception: null },
        after: { severity: 'warning', exception: { reason: 'x' } },
      },
    ],
    warnings: [{ line: 3, path: 'tags.web', message: '"WEB*" matches no VM' }],
    notLookedAt: [],
  });
});
