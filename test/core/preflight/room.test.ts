import { describe, expect, it } from 'vitest';
import type { Volume } from '../../../src/core/model.ts';
import { outlookOf } from '../../../src/core/preflight/outlook.ts';
import { checkRoom } from '../../../src/core/preflight/room.ts';
import { GIB, TIB } from '../../../src/core/units.ts';
import { NOW } from '../../builders.ts';
import { asked, error, volume } from './asked.ts';

function judged(volumes: readonly Volume[], paths: readonly string[] = ['C:\\a.vhdx']) {
  const disks = paths.map((path, index) => ({
    slot: `SCSI:0:${index}`,
    kind: 'vhd' as const,
    path,
    shared: false,
  }));
  return checkRoom(outlookOf(asked({ disks }, { volumes }).seen, NOW)?.volumes ?? null);
}

const on = (totalBytes: number | null, freeBytes: number | null) =>
  judged([volume('C:\\', { totalBytes, freeBytes })]).verdict;

describe('the room on a volume', () => {
  it.each([
    // Of 4 TiB the sizes come first: 100 and 200 GiB are below 10 and 15 percent.
    [4 * TIB, 200 * GIB, 'yes'],
    [4 * TIB, 200 * GIB - 1, 'caution'],
    [4 * TIB, 100 * GIB, 'caution'],
    [4 * TIB, 100 * GIB - 1, 'no'],
    // Of 500 GiB the shares do: 50 and 75 GiB.
    [500 * GIB, 75 * GIB, 'yes'],
    [500 * GIB, 75 * GIB - 1, 'caution'],
    [500 * GIB, 50 * GIB, 'caution'],
    [500 * GIB, 50 * GIB - 1, 'no'],
    // Nobody has such a volume, so its size is not believed.
    [0, 0, 'unknown'],
  ])('of %i with %i free: %s', (total, free, verdict) => {
    expect(on(total, free)).toBe(verdict);
  });

  it.each([
    [200 * GIB, 'yes'],
    [200 * GIB - 1, 'caution'],
    [100 * GIB, 'caution'],
    [100 * GIB - 1, 'unknown'],
  ])('is judged as far as possible without the size of the volume: %i is %s', (free, verdict) => {
    expect(on(null, free)).toBe(verdict);
  });

  it('is not known without the free space, and says why', () => {
    const failed = volume('\\\\sofs01\\vms$\\', {
      totalBytes: null,
      freeBytes: null,
      error: error('VOLUME_FAILED'),
    });
    expect(judged([failed], ['\\\\sofs01\\vms$\\a.vhdx'])).toEqual({
      id: 'room',
      verdict: 'unknown',
      text: 'the free space of \\\\sofs01\\vms$\\ is not known: the space on a volume could not be read',
    });
  });

  it('is not known of a volume that is not listed, as in reports from before volumes were read', () => {
    expect(judged([])).toMatchObject({
      verdict: 'unknown',
      text: 'the free space of C:\\a.vhdx is not known',
    });
  });

  it('is that of the worst volume, and each volume counts once', () => {
    const volumes = [
      volume('C:\\', { freeBytes: 50 * GIB }),
      volume('D:\\'),
      volume('E:\\', { freeBytes: 0 }),
    ];
    const paths = ['C:\\a.vhdx', 'c:/b.vhdx', 'D:\\c.vhdx'];
    expect(judged(volumes, paths)).toMatchObject({
      verdict: 'no',
      text: 'C:\\ has 50.0 GiB free of 2.0 TiB (2.4%), below 10% and 100 GiB',
    });
    expect(judged(volumes, ['D:\\c.vhdx']).verdict).toBe('yes');
  });

  it('says of a small volume what is wrong before it says what is not known', () => {
    const volumes = [volume('C:\\', { freeBytes: GIB })];
    expect(judged(volumes, ['C:\\a.vhdx', 'X:\\b.vhdx']).verdict).toBe('no');
  });

  it('does not matter for disks that a checkpoint does not hold', () => {
    const disks = [
      { slot: 'SCSI:0:0', kind: 'passthrough' as const, path: null, shared: false },
      { slot: 'SCSI:0:1', kind: 'vhd' as const, path: 'E:\\shared.vhdx', shared: true },
      { slot: 'SCSI:0:2', kind: 'vhdset' as const, path: 'E:\\set.vhds', shared: true },
    ];
    const volumes = [volume('E:\\', { freeBytes: 0 })];
    const outlook = outlookOf(asked({ disks }, { volumes }).seen, NOW);
    expect(checkRoom(outlook?.volumes ?? null).verdict).toBe('yes');
  });

  it('is not known when the disks were not read', () => {
    expect(checkRoom(null).verdict).toBe('unknown');
  });
});
