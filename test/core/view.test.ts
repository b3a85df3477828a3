import { describe, expect, it } from 'vitest';
import { DAY_MS, GIB, HOUR_MS, MINUTE_MS } from '../../src/core/units.ts';
import { totals, vmRows } from '../../src/core/view.ts';
import { finding, NOW, view } from '../builders.ts';

describe(vmRows, () => {
  it('has a row for each VM of each host, by host and name, with its findings', () => {
    const hosts = [
      { host: 'hv02', vms: [{ name: 'A' }] },
      { host: 'hv01', vms: [{ name: 'B' }, { name: 'A' }] },
    ];
    const rows = vmRows(view(hosts, [finding({ vm: 'A' }), finding({ host: 'hv01' })]));
    expect(rows.map(({ host, vm, worst }) => [host.host, vm.name, worst])).toEqual([
      ['hv01', 'A', 'warning'],
      ['hv01', 'B', null],
      ['hv02', 'A', null],
    ]);
  });

  it('measures ages on the clock of the host, and only of user checkpoints', () => {
    const checkpoints = [
      { name: 'backup', kind: 'backup' as const, ageMs: 30 * DAY_MS },
      { name: 'old', ageMs: 2 * DAY_MS },
      { name: 'unknown', createdAt: null },
    ];
    const [row] = vmRows(view([{ vms: [{ name: 'A', checkpoints }], clockOffsetMs: -HOUR_MS }]));
    expect(row?.oldestUserAgeMs).toBe(2 * DAY_MS - HOUR_MS);
    const later = vmRows(view([{ vms: [{ name: 'A', checkpoints }] }], [], NOW + MINUTE_MS));
    expect(later[0]?.oldestUserAgeMs).toBe(2 * DAY_MS + MINUTE_MS);
  });
});

describe(totals, () => {
  it('adds up, and keeps unknown what has an unknown part', () => {
    const known = {
      name: 'A',
      checkpoints: [
        { name: 'x', layerBytes: 2 * GIB },
        { name: 'y', layerBytes: GIB },
      ],
    };
    expect(totals(vmRows(view([{ vms: [known, { name: 'B' }] }])))).toEqual({
      vms: 2,
      vmsWithCheckpoints: 1,
      checkpoints: 2,
      allListed: true,
      avhdx: { bytes: 3 * GIB, atLeastBytes: 3 * GIB },
      oldestUserAgeMs: DAY_MS,
    });
    const unmeasured = { name: 'C', checkpoints: [{ name: 'x', layerBytes: null }] };
    expect(totals(vmRows(view([{ vms: [known, unmeasured] }]))).avhdx).toEqual({
      bytes: null,
      atLeastBytes: 3 * GIB,
    });
    expect(totals(vmRows(view([{ vms: [known, { name: 'D', checkpoints: null }] }])))).toMatchObject({
      allListed: false,
      checkpoints: 2,
      avhdx: { bytes: null },
    });
  });
});
