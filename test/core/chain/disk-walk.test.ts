import { describe, expect, it } from 'vitest';
import { walkDisk } from '../../../src/core/chain/disk-walk.ts';
import { type DiskFile, pathKey } from '../../../src/core/model.ts';

/** Files by name, each with the name of its parent; `null` is a base, `undefined` says that the parent is not known. */
function files(parents: Readonly<Record<string, string | null | undefined>>): ReadonlyMap<string, DiskFile> {
  return new Map(
    Object.entries(parents).map(([path, parent]) => [
      pathKey(path),
      {
        path,
        type: 'differencing',
        fileBytes: 1,
        virtualBytes: 2,
        parent: parent === undefined ? { known: false, path: null } : { known: true, path: parent },
        lastWriteAt: null,
        error: null,
      },
    ]),
  );
}

const walked = (path: string, parents: Parameters<typeof files>[0]) => {
  const { avhds, base, ended, errors } = walkDisk('SCSI:0:0', path, files(parents));
  return { avhds, base, ended, errors: errors.map(({ code }) => code) };
};

describe(walkDisk, () => {
  it('follows a chain to its base', () => {
    const parents = { 'c:\\b.avhdx': 'C:\\A.AVHDX', 'c:\\a.avhdx': 'c:\\a.vhdx', 'c:\\a.vhdx': null };
    expect(walked('c:\\b.avhdx', parents)).toEqual({
      avhds: ['c:\\b.avhdx', 'c:\\a.avhdx'],
      base: 'c:\\a.vhdx',
      ended: true,
      errors: [],
    });
  });

  it('counts nothing below the base, which several VMs may share', () => {
    const parents = { 'c:\\b.avhdx': 'c:\\b.vhdx', 'c:\\b.vhdx': 'd:\\gold.vhdx', 'd:\\gold.vhdx': null };
    expect(walked('c:\\b.avhdx', parents)).toMatchObject({
      avhds: ['c:\\b.avhdx'],
      base: 'c:\\b.vhdx',
      errors: [],
    });
  });

  it('says that a shared parent below the base is not known', () => {
    const parents = { 'c:\\b.avhdx': 'c:\\b.vhdx', 'c:\\b.vhdx': 'd:\\gold.vhdx' };
    expect(walked('c:\\b.avhdx', parents)).toMatchObject({ ended: true, errors: ['NOT_REPORTED'] });
  });

  it.each([
    ['among AVHDX files', { 'c:\\b.avhdx': 'c:\\a.avhdx', 'c:\\a.avhdx': 'c:\\b.avhdx' }],
    ['through the base', { 'c:\\b.avhdx': 'c:\\b.vhdx', 'c:\\b.vhdx': 'c:\\b.avhdx' }],
    ['of the base with itself', { 'c:\\b.avhdx': 'c:\\b.vhdx', 'c:\\b.vhdx': 'c:\\b.vhdx' }],
  ])('never takes a circle %s for the end of a chain', (_, parents) => {
    expect(walked('c:\\b.avhdx', parents)).toMatchObject({ ended: false, errors: ['CHAIN_LOOP'] });
  });

  it('does not take a parent that is not known for a base', () => {
    expect(walked('c:\\b.avhdx', { 'c:\\b.avhdx': undefined })).toMatchObject({ base: null, ended: false });
  });
});
