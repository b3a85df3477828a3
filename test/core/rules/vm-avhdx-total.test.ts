import { describe, expect, it } from 'vitest';
import { attribute } from '../../../src/core/chain.ts';
import { pathKey } from '../../../src/core/model.ts';
import { GIB } from '../../../src/core/units.ts';
import { host, NOW, vm } from '../../builders.ts';
import { findingsIn, policyOf } from '../../policy.ts';
import { judgedVm } from './judged.ts';

const layered = (kind: 'user' | 'backup' | 'replica', ...layers: readonly number[]) => ({
  name: 'FILE01',
  checkpoints: layers.map((layerBytes, index) => ({ name: `c${index}`, kind, layerBytes })),
});
const level = (bytes: number) => ({ info: null, warning: { bytes, ratio: null }, critical: null });

describe('vm-avhdx-total', () => {
  it('adds up layers of which none is too large by itself', () => {
    expect(judgedVm('vm-avhdx-total', layered('user', 18 * GIB, 19 * GIB, 17 * GIB))).toEqual([
      'critical FILE01: AVHDX together more than 25% of its disks',
    ]);
  });

  it('is not said again when one checkpoint explains it', () => {
    expect(judgedVm('vm-avhdx-total', layered('user', 260 * GIB))).toEqual([]);
    expect(judgedVm('avhdx-size', layered('user', 260 * GIB))).toEqual(['critical c0: more than 200 GiB']);
  });

  it('is said when the rule that would explain it is off or milder', () => {
    const total = { 'vm-avhdx-total': level(10 * GIB) };
    const quiet = { ...total, 'avhdx-size': null };
    expect(judgedVm('vm-avhdx-total', layered('user', 60 * GIB), quiet)).toHaveLength(1);
    const milder = {
      ...total,
      'avhdx-size': { user: { ...level(10 * GIB), warning: null, info: { bytes: GIB, ratio: null } } },
    };
    expect(judgedVm('vm-avhdx-total', layered('user', 60 * GIB), milder)).toHaveLength(1);
  });

  describe('when an exception covers the checkpoint that explains it', () => {
    const said = (...layers: readonly number[]): readonly string[] => {
      const limits = '{ warning: 50GiB, critical: 200GiB }';
      const policy = policyOf(
        `{ rules: { avhdx-size: ${limits}, vm-avhdx-total: ${limits} }, exceptions: [{ checkpoint: c0, rules: avhdx-size, reason: r, until: 2027-01-01 }] }`,
      );
      const hosts = [host({ vms: [layered('user', ...layers)] })];
      return findingsIn({ at: NOW, hosts }, NOW, { policy }).flatMap(({ rule, severity, message }) =>
        rule === 'vm-avhdx-total' ? [`${severity}: ${message}`] : [],
      );
    };

    it('stays quiet as long as what is left is within the limits', () => {
      expect(said(250 * GIB, 20 * GIB, 30 * GIB)).toEqual([]);
    });

    it('tells what grows beside it', () => {
      expect(said(250 * GIB, 26 * GIB, 30 * GIB)).toEqual([
        'warning: All AVHDX files of FILE01 together, without the layers that exceptions cover, hold 56.0 GiB: more than 50 GiB.',
      ]);
    });

    it('leaves to another checkpoint what that explains', () => {
      expect(said(250 * GIB, 60 * GIB)).toEqual([]);
    });

    it('tells a sum that is worse than what the exception covers', () => {
      expect(said(180 * GIB, 45 * GIB)).toEqual([
        'critical: All AVHDX files of FILE01 together hold 225.0 GiB: more than 200 GiB.',
      ]);
    });
  });

  it('counts what backups left, and not what Hyper-V Replica keeps', () => {
    const total = { 'vm-avhdx-total': level(50 * GIB) };
    expect(judgedVm('vm-avhdx-total', layered('backup', 60 * GIB), total)).toHaveLength(1);
    expect(judgedVm('vm-avhdx-total', layered('replica', 60 * GIB), total)).toEqual([]);
  });

  it('sends people to the backup product for what a backup left, not to Hyper-V Manager', () => {
    const [found] = findingsIn({ at: NOW, hosts: [host({ vms: [layered('backup', 60 * GIB)] })] }, NOW);
    expect(found?.advice).toContain('in the console of the backup product');
    expect(found?.advice).not.toContain('Delete the checkpoints');
  });

  it('counts layers that no checkpoint explains', () => {
    const { vm: listed, files } = vm(layered('backup', 60 * GIB));
    const chain = attribute(
      { ...listed, checkpoints: [] },
      new Map(files.map((each) => [pathKey(each.path), each])),
    );
    const hidden = { ...host(), vms: [{ vm: { ...listed, checkpoints: [] }, chain }] };
    const [found] = findingsIn({ at: NOW, hosts: [hidden] }, NOW);
    expect(found).toMatchObject({ rule: 'vm-avhdx-total', value: { value: 60 * GIB } });
    expect(found?.advice).toContain('belongs to no checkpoint');
  });
});
