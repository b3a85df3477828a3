import { describe, expect, it } from 'vitest';
import { attributeVms } from '../../../src/core/fold.ts';
import type { Disk } from '../../../src/core/model.ts';
import { host, NOW, type VmSpec, vm } from '../../builders.ts';
import { findingsIn } from '../../policy.ts';

/** The findings about a VM that has more disks than its checkpoint. */
function found(spec: VmSpec, more: readonly Disk[]): readonly string[] {
  const built = host({ readAt: NOW, vms: [spec] });
  const { reading } = built;
  if (reading === null) return [];
  const { vm: plain } = vm(spec);
  const vms = [{ ...plain, disks: [...(plain.disks ?? []), ...more] }];
  const views = attributeVms({ ...reading, vms });
  return findingsIn({ at: NOW, hosts: [{ ...built, vms: views }] }, NOW)
    .filter(({ rule }) => rule === 'uncovered-disk')
    .map(({ message }) => message);
}

const spec: VmSpec = { name: 'SQL01', checkpoints: [{ name: 'before patch' }, { name: 'later' }] };

describe('uncovered-disk', () => {
  it('finds a disk that was attached after the checkpoint', () => {
    const later: Disk = { slot: 'SCSI:0:1', kind: 'vhd', path: 'C:\\VMs\\data.vhdx', shared: false };
    expect(found(spec, [later])).toEqual([
      'Checkpoint "before patch" of SQL01 does not cover SCSI:0:1 (attached later).',
      'Checkpoint "later" of SQL01 does not cover SCSI:0:1 (attached later).',
    ]);
  });

  it('finds physical and shared disks, which no checkpoint covers', () => {
    const disks: readonly Disk[] = [
      { slot: 'SCSI:0:1', kind: 'passthrough', path: null, shared: false },
      { slot: 'SCSI:0:2', kind: 'vhdset', path: 'C:\\VMs\\quorum.vhds', shared: true },
    ];
    expect(found({ ...spec, checkpoints: [{ name: 'c' }] }, disks)).toEqual([
      'Checkpoint "c" of SQL01 does not cover SCSI:0:1 (a physical disk), SCSI:0:2 (shared with other VMs).',
    ]);
  });

  it('is content with a VM whose disks are all in the chain, and with an empty slot', () => {
    const empty: Disk = { slot: 'IDE:1:0', kind: 'empty', path: null, shared: false };
    expect(found(spec, [empty])).toEqual([]);
  });

  it('claims nothing of a disk whose chain cannot be followed', () => {
    const lost: Disk = { slot: 'SCSI:0:1', kind: 'vhd', path: 'C:\\VMs\\data_1.avhdx', shared: false };
    expect(found(spec, [lost])).toEqual([]);
  });
});
