import { describe, expect, it } from 'vitest';
import type { Disk } from '../../../src/core/model.ts';
import { checkDisks } from '../../../src/core/preflight/disks.ts';
import { checkReplica } from '../../../src/core/preflight/replica.ts';

const vhd = (slot: string, more: Partial<Disk> = {}): Disk => ({
  slot,
  kind: 'vhd',
  path: `C:\\${slot}.vhdx`,
  shared: false,
  ...more,
});
const passthrough = (slot: string) => vhd(slot, { kind: 'passthrough', path: null });
const empty = (slot: string) => vhd(slot, { kind: 'empty', path: null });

describe('the disks', () => {
  it.each([
    [[vhd('SCSI:0:0'), vhd('SCSI:0:1')], 'yes', 'a checkpoint would hold 2 disks'],
    [[vhd('SCSI:0:0'), empty('IDE:1:0')], 'yes', 'a checkpoint would hold 1 disk'],
    [[empty('IDE:1:0')], 'yes', 'it has none'],
    [
      [vhd('SCSI:0:0'), passthrough('SCSI:0:1'), vhd('SCSI:0:2', { shared: true })],
      'caution',
      'a checkpoint would not hold SCSI:0:1 (a physical disk), SCSI:0:2 (shared with other VMs)',
    ],
    [
      [vhd('SCSI:0:0'), vhd('SCSI:0:1', { kind: 'vhdset' })],
      'caution',
      'a checkpoint would not hold SCSI:0:1 (shared with other VMs)',
    ],
    [
      [passthrough('SCSI:0:1'), empty('IDE:1:0')],
      'no',
      'a checkpoint would hold none of its disks: SCSI:0:1 (a physical disk)',
    ],
    [null, 'unknown', 'its disks were not read'],
  ])('%j: %s', (disks, verdict, text) => {
    expect(checkDisks(disks)).toEqual({ id: 'disks', verdict, text });
  });
});

describe('Hyper-V Replica', () => {
  it.each([
    ['none', 'yes'],
    ['primary', 'yes'],
    ['replica', 'no'],
    ['test-replica', 'no'],
    ['extended-replica', 'no'],
    [null, 'unknown'],
  ] as const)('for a VM of mode %s: %s', (mode, verdict) => {
    expect(checkReplica(mode)).toMatchObject({ id: 'replica', verdict });
  });
});
