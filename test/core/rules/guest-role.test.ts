import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/units.ts';
import { guid, inventory, NOW, type VmSpec } from '../../builders.ts';
import { findingsIn, policyOf } from '../../policy.ts';
import { judgedVm } from './judged.ts';

const withCheckpoint = (vm: Partial<VmSpec>, ageMs = 2 * HOUR_MS): VmSpec => ({
  name: 'DC01',
  checkpoints: [{ name: 'Test', ageMs }],
  ...vm,
});

describe('guest-role', () => {
  it.each([
    [HOUR_MS, []],
    [HOUR_MS + 1, ['critical Test: domain controller: no checkpoint older than 1h']],
  ])('is crossed above the limit only: a checkpoint of %i ms on a domain controller', (ageMs, expected) => {
    expect(judgedVm('guest-role', withCheckpoint({ guestProductType: 2 }, ageMs))).toEqual(expected);
  });

  it.each([null, 1, 3])('says nothing of a guest of product type %s', (guestProductType) => {
    expect(judgedVm('guest-role', withCheckpoint({ guestProductType }))).toEqual([]);
  });

  it('knows a node of a guest cluster by its shared disk', () => {
    const disks = [{ slot: 'SCSI:0:1', kind: 'vhd' as const, path: 'C:\\shared.vhdx', shared: true }];
    expect(judgedVm('guest-role', withCheckpoint({ disks }))).toEqual([
      'critical Test: guest cluster node: no checkpoint older than 1h',
    ]);
  });

  it('believes the notes of the VM', () => {
    expect(judgedVm('guest-role', withCheckpoint({ notes: 'Exchange [ckpt:never]' }))).toEqual([
      'critical Test: VM tagged "never": no checkpoint older than 1h',
    ]);
  });

  it('leaves the checkpoints of backup products and of Hyper-V Replica alone', () => {
    const kinds = ['backup', 'replica'] as const;
    const checkpoints = kinds.map((kind) => ({ name: kind, kind, ageMs: 9 * DAY_MS }));
    expect(judgedVm('guest-role', { name: 'DC01', guestProductType: 2, checkpoints })).toEqual([]);
  });

  it('remembers what a guest said before it was turned off, and says as of when', () => {
    const memory = {
      guests: new Map([[guid('DC01'), { seenAt: NOW - 3 * DAY_MS }]]),
      exceptions: new Map(),
    };
    const off = withCheckpoint({ state: { code: 3, name: 'Off' }, guestProductType: null });
    const [found] = findingsIn(inventory({ readAt: NOW, vms: [off] }), NOW, { memory });
    expect(found?.message).toBe(
      'DC01 is a domain controller (as of 3d ago), and its checkpoint "Test" is 2h old; 1h is allowed.',
    );
  });

  it('believes a guest that now says something else', () => {
    const memory = { guests: new Map([[guid('DC01'), { seenAt: NOW - DAY_MS }]]), exceptions: new Map() };
    const demoted = withCheckpoint({ guestProductType: 3 });
    expect(findingsIn(inventory({ readAt: NOW, vms: [demoted] }), NOW, { memory })).toEqual([]);
  });
});

it.each([
  ['its notes', `[ckpt: ${Array.from({ length: 17 }, (_, index) => `tag=a${index}`).join(' ')} never]`, ''],
  [
    'the configuration',
    '[ckpt:never]',
    `tags: { ${Array.from({ length: 33 }, (_, index) => `t${index}: [X]`).join(', ')} }`,
  ],
])('a VM that must carry no checkpoint stays so, however many tags %s gives it', (_, notes, yaml) => {
  const vms = [{ name: 'X', notes, checkpoints: [{ name: 'c', ageMs: 2 * HOUR_MS }] }];
  const found = findingsIn(inventory({ vms }), NOW, { policy: policyOf(yaml) });
  expect(found.map(({ rule }) => rule)).toContain('guest-role');
});
