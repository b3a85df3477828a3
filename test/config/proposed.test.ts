import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { replayReport } from '../../src/collector/replay.ts';
import { defaultConfig } from '../../src/config/parse.ts';
import { proposedConfig } from '../../src/config/starter.ts';
import type { Inventory } from '../../src/core/inventory.ts';
import { inventoryOfReports } from '../../src/core/judged-view.ts';
import { proposalsFor } from '../../src/core/policy/propose/proposals.ts';
import { unmatchedPatterns } from '../../src/core/policy/unmatched.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../src/core/units.ts';
import { type CheckpointSpec, inventory, NOW, type VmSpec } from '../builders.ts';
import { HOSTILE_NAMES, hostileName } from '../hostile.ts';
import { findingsIn, policyOf, viewAt } from '../policy.ts';
import { configOf, HV01, parseOnHv01 } from './fixture.ts';

const FROM = { what: 'hv01 as of 2026-11-20 10:30 UTC: some VMs', unseen: null, until: '2026-12-20' };

function proposed(read: Inventory, now = NOW): string {
  return proposedConfig(proposalsFor(viewAt(read, now)), FROM);
}

/** Without the # of every option; text begins with "# " and stays. */
function uncommented(text: string): string {
  return text.replace(/^#(?! \S)/gm, '');
}

const old = (name: string, more: Partial<CheckpointSpec> = {}): CheckpointSpec => {
  return { name, ageMs: 100 * DAY_MS, ...more };
};
const young = (name: string, hours: number): CheckpointSpec => ({ name, ageMs: hours * HOUR_MS });

const OFFICE: readonly VmSpec[] = [
  { name: 'SQL01', notes: '[ckpt:tag=prod]', checkpoints: [young('before patch 2026-11-19', 20)] },
  { name: 'SQL02', notes: '[ckpt:tag=prod, never]', checkpoints: [young('Before Patch 2026-11-18', 40)] },
  {
    name: 'WEB01',
    checkpoints: [young('before patch 2026-11-12', 50), young('WEB01 - (11/18/2026 - 6:00:03 PM)', 40)],
  },
  { name: 'WEB02', checkpoints: [young('WEB02 - (11/18/2026 - 6:10:03 PM)', 40)] },
  { name: 'WEB03', checkpoints: [young('WEB03 - (11/18/2026 - 6:20:03 PM)', 40)] },
  { name: 'LAB01', notes: 'owner="Jane Doe"', checkpoints: [old('golden'), young('try', 2)] },
  { name: 'LAB02', checkpoints: [old('golden v2', { notes: 'owner=j.doe', ageMs: 200 * DAY_MS })] },
  { name: 'LAB03', checkpoints: [young('Golden (new)', 1)] },
  {
    name: 'lab03',
    id: '33334444-5555-6666-7777-888899990000',
    checkpoints: [old('x'), old('X', { ageMs: 31 * DAY_MS })],
  },
  { name: 'evil\u202e*\n#name', checkpoints: [old('- [a]: "b" # c \u0007')] },
  { name: "it's 100%: #1", checkpoints: [old("don't", { layerBytes: 25 * GIB })] },
  { name: 'vdi-1', checkpoints: [old('RDV_Rollback')] },
  { name: 'vdi-2', checkpoints: [old('RDV_Rollback')] },
  { name: 'erp_replica', checkpoints: [old('a'), old('b')] },
  { name: 'HIDDEN', checkpoints: [young('y', 1)] },
];

describe('config init with proposals', () => {
  it('proposes what a captured report shows', async () => {
    const report = await replayReport('test/fixtures/recordings/small-office.json');
    const now = report.status === 'read' ? report.readAt : 0;
    const text = proposed(inventoryOfReports([report], now), now);
    await expect(text).toMatchFileSnapshot('../fixtures/config/proposed-office.golden.yml');
  });

  it('proposes presets, kinds, tags, limits, overrides and exceptions', async () => {
    const text = proposed(inventory({ vms: OFFICE }));
    await expect(text).toMatchFileSnapshot('../fixtures/config/proposed.golden.yml');
  });

  it('counts what is too much to read', () => {
    const vms = Array.from({ length: 25 }, (_, index) => ({
      name: `VM${index}`,
      checkpoints: [old(`c${index}`)],
    }));
    const text = proposed(inventory({ vms }));
    expect(text.match(/TODO: why/g)).toHaveLength(20);
    expect(text).toContain('\n# … and 5 more such checkpoints\n');
  });

  it('names no limit when most checkpoints are old, and none for a few of them', () => {
    const aged = (ageMs: number, count: number) => ({
      vms: Array.from({ length: count }, (_, index) => ({
        name: `VM${index}`,
        checkpoints: [{ name: `c${index}`, ageMs }],
      })),
    });
    expect(proposed(inventory(aged(90 * DAY_MS, 20)))).toContain('user checkpoints is 90d: too many are old');
    expect(proposed(inventory(aged(90 * DAY_MS, 9)))).not.toContain('percentile');
    const text = proposed(inventory(aged(6 * DAY_MS, 20)));
    expect(text).toContain('is 6d; 20 of them are no older than 7d:');
    expect(text).toContain('#  checkpoint-age: { user: { warning: 7d, critical: 14d } }');
  });

  it('proposes kinds of those checkpoints alone that people took: Hyper-V has limits of its own for others', () => {
    const vms = [
      ...['A1', 'A2', 'A3'].map((name) => ({ name, checkpoints: [young('before boot', 1)] })),
      { name: 'A4', checkpoints: [{ ...young('before boot', 100), kind: 'automatic' }] },
    ];
    const text = proposed(inventory({ vms }));
    expect(text).toContain("{ checkpoint: 'before boot', of: [user] }");
    const policy = policyOf(uncommented(text));
    expect(findingsIn(inventory({ vms }), NOW, { policy })).toEqual(findingsIn(inventory({ vms }), NOW));
  });

  it('proposes no override for a kind of checkpoint that the limits in it are not for', () => {
    const vms = [{ name: 'A', checkpoints: [{ ...young('x', 1), kind: 'unknown', layerBytes: 30 * GIB }] }];
    expect(findingsIn(inventory({ vms }), NOW)).toHaveLength(1);
    expect(proposed(inventory({ vms }))).not.toContain('overrides:\n');
  });

  it('proposes no override for a VM that a proposed preset has limits for', () => {
    const vms = [{ name: 'erp_replica', checkpoints: [{ ...young('x', 1), layerBytes: 30 * GIB }] }];
    const text = proposed(inventory({ vms }));
    expect(text).toContain('#kind_presets: [veeam-replica]');
    expect(text).not.toContain('overrides:\n');
  });

  it('proposes no override for layers that no checkpoint explains', () => {
    const read = inventory({ vms: [{ name: 'A', checkpoints: [young('x', 1)] }] });
    const hidden = read.hosts.map((host) => ({
      ...host,
      vms: host.vms.map(({ vm, chain }) => ({
        vm: { ...vm, checkpoints: [] },
        chain: {
          ...chain,
          checkpoints: new Map(),
          total: { bytes: 30 * GIB, atLeastBytes: 30 * GIB },
          unattributed: { bytes: 30 * GIB, atLeastBytes: 30 * GIB },
          unattributedFiles: ['C:\\x.avhdx'],
        },
      })),
    }));
    const text = proposed({ ...read, hosts: hidden });
    expect(findingsIn({ ...read, hosts: hidden }, NOW)).not.toEqual([]);
    expect(text).not.toContain('overrides:\n');
  });
});

const anyName = fc.oneof(
  hostileName,
  fc.constantFrom('golden', 'Golden 2', 'golden-3', '{ a: b }', '- x', '#', '? x', '*'),
);
const checkpoint = fc
  .record({
    name: anyName,
    notes: fc.option(
      fc.oneof(
        anyName,
        anyName.map((name) => `owner="${name}" [ckpt:tag=${name}]`),
      ),
    ),
    ageMs: fc.constantFrom(HOUR_MS, 4 * DAY_MS, 40 * DAY_MS),
    layerBytes: fc.constantFrom(GIB, 30 * GIB),
  })
  .map((spec): CheckpointSpec => spec);
const anyVms = fc.array(
  fc
    .record({
      name: anyName,
      notes: fc.option(anyName.map((name) => `owner=${name} [ckpt:tag=${name}]`)),
      checkpoints: fc.array(checkpoint, { maxLength: 4 }),
    })
    .map((spec): VmSpec => spec),
  { maxLength: 8 },
);
/** VMs of one name have ids of their own. */
function office(vms: readonly VmSpec[]): Inventory {
  const id = (index: number) => `${String(index).padStart(8, '0')}-5555-6666-7777-888899990000`;
  return inventory({ vms: vms.map((vm, index) => ({ ...vm, id: id(index) })) });
}

describe('whatever VMs and checkpoints are called', () => {
  const every = HOSTILE_NAMES.map((name): VmSpec => {
    return { name, checkpoints: HOSTILE_NAMES.map((each) => old(each)) };
  });
  const runs = { numRuns: 60, examples: [[every]] as [readonly VmSpec[]][] };

  it('the file changes nothing as it stands, and is valid without its #', () => {
    fc.assert(
      fc.property(anyVms, (vms) => {
        const text = proposed(office(vms));
        expect({ ...configOf(text), source: null }).toEqual(defaultConfig(HV01));
        expect(parseOnHv01(uncommented(text))).toMatchObject({ ok: true, warnings: [] });
      }),
      runs,
    );
  });

  it('nothing gets into it that a terminal or an editor obeys', () => {
    fc.assert(
      fc.property(anyVms, (vms) => {
        const text = proposed(office(vms)).replaceAll('\n', '');
        expect(text).not.toMatch(
          /[\u0000-\u001f\u007f-\u009f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]/,
        );
        expect(text.isWellFormed()).toBe(true);
      }),
      runs,
    );
  });

  it('every proposal means something that is there', () => {
    fc.assert(
      fc.property(anyVms, (vms) => {
        const read = office(vms);
        const policy = policyOf(uncommented(proposed(read)));
        expect(unmatchedPatterns(policy, read)).toEqual([]);
      }),
      runs,
    );
  });
});

it('with all proposals in force the old checkpoints are excepted', () => {
  const read = inventory({ vms: OFFICE });
  const before = findingsIn(read, NOW);
  const after = findingsIn(read, NOW, { policy: policyOf(uncommented(proposed(read))) });
  const isOpen = (findings: typeof before) =>
    findings.some(
      ({ rule, checkpoint, exception, value }) =>
        rule === 'checkpoint-age' &&
        checkpoint?.kind === 'user' &&
        exception === null &&
        (value?.value ?? 0) > 32 * DAY_MS,
    );
  expect([isOpen(before), isOpen(after)]).toEqual([true, false]);
});
