import { describe, expect, it } from 'vitest';
import { GIB } from '../../../src/core/units.ts';
import { judgedVm } from './judged.ts';

const layered = (...layers: readonly (number | null)[]) => ({
  name: 'FILE01',
  checkpoints: layers.map((layerBytes, index) => ({ name: `c${index}`, layerBytes })),
});
const absolute = (warning: number, critical: number) => {
  const levels = {
    info: null,
    warning: { bytes: warning, ratio: null },
    critical: { bytes: critical, ratio: null },
  };
  return { 'avhdx-size': { user: levels } };
};
const share = (ratio: number) => {
  const levels = { info: null, warning: { bytes: null, ratio }, critical: null };
  return { 'avhdx-size': { user: levels } };
};

describe('avhdx-size', () => {
  it('is crossed above the limit only', () => {
    expect(judgedVm('avhdx-size', layered(50 * GIB), absolute(50 * GIB, 200 * GIB))).toEqual([]);
    expect(judgedVm('avhdx-size', layered(50 * GIB + 1), absolute(50 * GIB, 200 * GIB))).toEqual([
      'warning c0: more than 50 GiB',
    ]);
    expect(judgedVm('avhdx-size', layered(200 * GIB + 1), absolute(50 * GIB, 200 * GIB))).toEqual([
      'critical c0: more than 200 GiB',
    ]);
  });

  it('judges each layer by itself, not the file the checkpoint references', () => {
    // The base disk has 40 GiB and belongs to no checkpoint.
    expect(judgedVm('avhdx-size', layered(1 * GIB, 60 * GIB), absolute(30 * GIB, 200 * GIB))).toEqual([
      'warning c1: more than 30 GiB',
    ]);
  });

  it('judges a share of the disks, but not below 20 GiB', () => {
    // The builder's disk has a virtual size of 40 GiB.
    expect(judgedVm('avhdx-size', layered(20 * GIB), share(0.1))).toEqual([]);
    expect(judgedVm('avhdx-size', layered(20 * GIB + 1), share(0.1))).toEqual([
      'warning c0: more than 10% of its disks',
    ]);
    expect(judgedVm('avhdx-size', layered(20 * GIB + 1), share(0.6))).toEqual([]);
  });

  it('does not take an unknown size for a small one, nor for a large one', () => {
    expect(judgedVm('avhdx-size', layered(null), absolute(1, 2))).toEqual([]);
  });

  it('judges what is known of a layer that is only partly known', () => {
    const spec = { ...layered(60 * GIB), checkpoints: [{ name: 'c0', layerBytes: 60 * GIB }] };
    expect(judgedVm('avhdx-size', spec, absolute(50 * GIB, 200 * GIB))).toEqual([
      'warning c0: more than 50 GiB',
    ]);
  });

  it('leaves the layers of backup products and of Hyper-V Replica to other rules', () => {
    for (const kind of ['backup', 'replica'] as const) {
      const spec = { name: 'v', checkpoints: [{ name: 'c', kind, layerBytes: 900 * GIB }] };
      expect(judgedVm('avhdx-size', spec)).toEqual([]);
    }
  });
});
