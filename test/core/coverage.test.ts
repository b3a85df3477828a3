import { describe, expect, it } from 'vitest';
import type { CollectError, ErrorCode } from '../../src/core/collect-error.ts';
import { coverageGaps, gapLabel, gapText } from '../../src/core/coverage.ts';
import { attributeVms, foldReport, unreadHost } from '../../src/core/fold.ts';
import type { DiskFile, HostReading } from '../../src/core/model.ts';
import { HOUR_MS } from '../../src/core/units.ts';
import { type HostSpec, host, NOW, type VmSpec, view } from '../builders.ts';

const error = (code: ErrorCode, detail: string | null = null): CollectError => ({
  code,
  detail,
  target: null,
});

/** Each gap as a sentence, with a mark for those that hide nothing. */
function gaps(...hosts: readonly HostSpec[]): readonly string[] {
  return coverageGaps(view(hosts)).map((gap) => `${gap.isBlind ? '' : '(note) '}${gapText(gap, NOW)}`);
}

function vmGaps(more: Partial<VmSpec>): readonly string[] {
  return gaps({ vms: [{ name: 'APP11', ...more }] });
}

function ofFiles(change: (file: DiskFile) => DiskFile): (reading: HostReading) => HostReading {
  return (reading) => ({
    ...reading,
    files: reading.files.map((file) => (file.path.endsWith('.avhdx') ? change(file) : file)),
  });
}

describe(coverageGaps, () => {
  it('finds none where everything was read', () => {
    expect(gaps({ vms: [{ name: 'A', checkpoints: [{ name: 'x' }] }] })).toEqual([]);
  });

  it('names hosts that were not read, and since when', () => {
    const failed = error('ACCESS_DENIED', 'Access is denied.');
    expect(
      gaps(
        { host: 'hv02', vms: [{ name: 'A' }], failed, readAt: NOW - 2 * HOUR_MS },
        { host: 'hv01', unread: true },
        { host: 'hv03', unread: true, failed },
      ),
    ).toEqual([
      'hv01: not read: the first scan has not ended yet; never read so far',
      'hv02: not read: access denied (Access is denied.); last good scan 2h ago',
      'hv03: not read: access denied (Access is denied.); never read so far',
    ]);
  });

  it('names what is missing of a host and of a VM, said or not', () => {
    expect(gaps({ errors: [error('RECORD_INVALID')] })).toEqual([
      'hv01: partly read: a record of the report could not be understood',
    ]);
    const notListed = 'APP11 on hv01: not wholly read: the checkpoints of the VM could not be listed';
    expect(vmGaps({ checkpoints: null, errors: [error('SNAPSHOT_ENUM_FAILED')] })).toEqual([notListed]);
    expect(vmGaps({ checkpoints: null })).toEqual([notListed]);
    expect(vmGaps({ disks: null })).toEqual([
      'APP11 on hv01: not wholly read: the disks of the VM could not be read',
    ]);
  });

  it('names each file that was not measured once', () => {
    const twoLayers = [
      { name: 'x', layerBytes: null },
      { name: 'y', layerBytes: null },
    ];
    expect(vmGaps({ checkpoints: twoLayers })).toEqual([
      'APP11 on hv01: 2 disk files not measured: the disk is in use on another host',
    ]);
  });

  it('does not count a VM that says the same as its files as one more file', () => {
    const busy = error('BUSY_SKIPPED');
    const onlyVm = coverageGaps(view([{ vms: [{ name: 'A', errors: [busy] }] }]));
    expect(onlyVm.map(gapLabel)).toEqual(['disks of A']);
    const both = { name: 'A', errors: [busy], checkpoints: [{ name: 'x', layerBytes: null }] };
    expect(coverageGaps(view([{ vms: [both] }])).map(gapLabel)).toEqual(['1 disk file of A']);
  });

  it('takes what a busy VM brings with it as a note, unless its checkpoints are missing too', () => {
    const errors = [error('BUSY_SKIPPED')];
    expect(vmGaps({ errors })).toEqual([expect.stringMatching(/^\(note\) APP11 on hv01: .*merging/)]);
    expect(vmGaps({ errors, checkpoints: null }).filter((text) => !text.startsWith('(note)'))).not.toEqual(
      [],
    );
  });

  it('is silent about errors that leave nothing unjudged', () => {
    expect(vmGaps({ errors: [error('TYPE_UNKNOWN')] })).toEqual([]);
    expect(gaps({ errors: [error('FACT_FAILED')] })).toEqual([]);
  });

  it('does not pass a checkpoint from the future for a young one', () => {
    expect(vmGaps({ errors: [error('TIME_IN_FUTURE')] })).toEqual([
      "APP11 on hv01: not wholly read: a checkpoint was created in the future, by the host's clock",
    ]);
  });

  it.each<[string, (reading: HostReading) => HostReading]>([
    ['whose file has no size and no error', ofFiles((file) => ({ ...file, fileBytes: null }))],
    [
      'whose file has an unknown parent and no error',
      ofFiles((file) => ({ ...file, parent: { known: false, path: null } })),
    ],
    [
      'whose file has a bad record',
      ofFiles((file) => ({ ...file, fileBytes: null, error: error('RECORD_INVALID') })),
    ],
    ['whose running state references nothing known', (reading) => ({ ...reading, files: [] })],
    [
      'that runs on a file of no size and no error, without any checkpoint',
      (reading) => {
        const bare = ofFiles((file) => ({ ...file, fileBytes: null }))(reading);
        return { ...bare, vms: bare.vms.map((vm) => ({ ...vm, parentCheckpointId: null, checkpoints: [] })) };
      },
    ],
    [
      'of which a checkpoint has no list of disks',
      (reading) => ({
        ...reading,
        vms: reading.vms.map((vm) => ({
          ...vm,
          checkpoints: (vm.checkpoints ?? []).map((checkpoint) => ({ ...checkpoint, disks: null })),
        })),
      }),
    ],
  ])('is never silent about a VM of unknown size: one %s', (_, change) => {
    const { reading } = host({ vms: [{ name: 'APP11', checkpoints: [{ name: 'x' }] }] });
    if (reading === null) throw new Error('no reading');
    const changed = change(reading);
    const seen = foldReport(unreadHost('hv01'), changed, attributeVms(changed));
    const found = coverageGaps({ ...view([]), inventory: { at: NOW, hosts: [seen] } });
    expect(found).toMatchObject([{ type: 'sizes', isBlind: true }]);
  });
});

describe(gapLabel, () => {
  it('is short enough for a list', () => {
    const labels = coverageGaps(
      view([
        {
          vms: [
            { name: 'APP11', checkpoints: [{ name: 'x', layerBytes: null }] },
            { name: 'B', checkpoints: null },
          ],
        },
        { host: 'hv03', vms: [{ name: 'A' }], failed: error('TIMEOUT') },
        { host: 'hv04', unread: true },
      ]),
    ).map(gapLabel);
    expect(labels).toEqual(['hv03 (1 VM last time)', 'hv04', '1 disk file of APP11', 'part of B']);
  });
});
