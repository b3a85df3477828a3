import { describe, expect, it } from 'vitest';
import { type Volume, volumeOf } from '../../src/core/model.ts';

const GUID = '7a1f0c52-98e4-4d3b-a6d7-0e5b8c2f9a10';

function volumes(...roots: readonly string[]): readonly Volume[] {
  return roots.map((root) => ({ root, fileSystem: 'NTFS', totalBytes: 2, freeBytes: 1, error: null }));
}

describe('the volume of a path', () => {
  const listed = volumes(
    'C:\\',
    'C:\\ClusterStorage\\Volume1\\',
    'C:\\ClusterStorage\\Volume10\\',
    `\\\\?\\Volume{${GUID}}\\`,
    '\\\\files\\vms$\\',
  );

  it.each([
    ['c:\\vms\\a.vhdx', 'C:\\'],
    ['C:/VMs/a.vhdx', 'C:\\'],
    ['\\\\?\\C:\\VMs\\a.vhdx', 'C:\\'],
    ['c:\\clusterstorage\\VOLUME1\\a.vhdx', 'C:\\ClusterStorage\\Volume1\\'],
    ['C:\\ClusterStorage\\Volume10\\a.vhdx', 'C:\\ClusterStorage\\Volume10\\'],
    ['C:\\ClusterStorage\\a.vhdx', 'C:\\'],
    [`\\\\?\\volume{${GUID.toUpperCase()}}\\VMs\\a.vhdx`, `\\\\?\\Volume{${GUID}}\\`],
    ['\\\\FILES\\vms$\\a.vhdx', '\\\\files\\vms$\\'],
    ['\\\\?\\UNC\\files\\vms$\\a.vhdx', '\\\\files\\vms$\\'],
  ])('%s lies on %s', (path, root) => {
    expect(volumeOf(path, listed)?.root).toBe(root);
  });

  it.each(['D:\\a.vhdx', 'C:\\ClusterStorage\\Volume2\\a.vhdx', '\\\\files\\other\\a.vhdx', 'a.vhdx', ''])(
    '%s lies on none that is listed',
    (path) => {
      expect(volumeOf(path, listed)).toBe(null);
    },
  );
});
