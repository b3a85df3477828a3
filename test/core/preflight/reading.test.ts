import { describe, expect, it } from 'vitest';
import { checkReading, checkReadingOfChain } from '../../../src/core/preflight/reading.ts';
import { asked, error } from './asked.ts';

describe('the reading', () => {
  it('is fine when all was read', () => {
    expect(checkReading(asked().seen)).toEqual({
      id: 'reading',
      verdict: 'yes',
      text: 'all of it was read',
    });
  });

  it.each(['PROP_READ_FAILED', 'DISK_PATH_NULL', 'CHECKPOINT_GONE', 'TIME_IN_FUTURE'] as const)(
    'leaves the answer open after %s',
    (code) => {
      const { seen } = asked({ errors: [error(code, 'x')] });
      expect(checkReading(seen)).toMatchObject({
        verdict: 'unknown',
        text: expect.stringMatching(/^it was not wholly read: /),
      });
      expect(checkReadingOfChain(seen).verdict).toBe('unknown');
    },
  );

  it.each([{ checkpoints: null }, { disks: null }])('leaves it open without %j', (spec) => {
    expect(checkReading(asked(spec).seen).verdict).toBe('unknown');
  });

  it('leaves it open when the host was read in part, for the VM may be concerned', () => {
    const { seen } = asked({}, { hostErrors: [error('RECORD_INVALID')] });
    expect(checkReading(seen)).toMatchObject({
      verdict: 'unknown',
      text: 'hv01 was read in part: a record of the report could not be understood',
    });
    expect(checkReadingOfChain(seen).verdict).toBe('unknown');
  });

  it('takes a file that was not measured for a gap, unless only the chain matters', () => {
    const { seen } = asked({ checkpoints: [{ name: 'first', layerBytes: null }] });
    expect(checkReading(seen)).toMatchObject({
      verdict: 'unknown',
      text: '1 disk file not measured: the disk is in use on another host',
    });
    expect(checkReadingOfChain(seen).verdict).toBe('yes');
  });

  it.each(['BUSY_SKIPPED', 'VM_MIGRATING'] as const)('leaves to another check what it says: %s', (code) => {
    expect(checkReading(asked({ errors: [error(code)] }).seen)).toMatchObject({
      verdict: 'yes',
      text: 'all of it was read, but for disks that are busy',
    });
  });

  it('leaves it open when another VM was busy with a file of this one', () => {
    const { seen } = asked();
    const chain = { ...seen.chain, errors: [error('BUSY_SKIPPED', 'C:\\parent.vhdx')] };
    expect(checkReading({ ...seen, chain }).verdict).toBe('unknown');
  });

  it('says that nobody can look into a VHD set', () => {
    const disks = [{ slot: 'SCSI:0:1', kind: 'vhdset' as const, path: 'C:\\set.vhds', shared: true }];
    expect(checkReading(asked({ disks }).seen)).toMatchObject({
      verdict: 'yes',
      text: 'all of it was read, but for the inside of a VHD set',
    });
  });

  it('does not mind facts that leave nothing unjudged', () => {
    const hostErrors = [error('FACT_FAILED')];
    expect(checkReading(asked({ errors: [error('TYPE_UNKNOWN')] }, { hostErrors }).seen).verdict).toBe('yes');
  });
});
