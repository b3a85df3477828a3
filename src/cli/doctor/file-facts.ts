import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Config } from '../../config/config.ts';
import type { DiskFacts, PathFacts, StateFacts } from '../../core/doctor/facts.ts';
import { isStateLocked, stateDatabase } from '../../store/inspect.ts';

type Place = Pick<PathFacts, 'path' | 'what'>;

/** What somebody else should not get at. */
export function placesOf(
  config: Config | null,
  folders: { readonly stateDir: string; readonly logDir: string | null },
): readonly Place[] {
  const password = config?.mail?.smtp.password?.origin ?? null;
  return [
    { what: 'state', path: folders.stateDir },
    ...(config?.source == null ? [] : [{ what: 'configuration', path: config.source.path } as const]),
    ...(password?.type === 'file' ? [{ what: 'password', path: password.path } as const] : []),
    ...(folders.logDir === null ? [] : [{ what: 'log', path: folders.logDir } as const]),
  ];
}

/** @param sddlOf the access list that PowerShell told; on Windows modes mean nothing */
export function pathFacts(
  places: readonly Place[],
  platform: string,
  sddlOf: (path: string) => string | null,
): Promise<readonly PathFacts[]> {
  return Promise.all(
    places.map(async ({ path, what }): Promise<PathFacts> => {
      const stats = await stat(path).catch(() => null);
      const mode = stats === null || platform === 'win32' ? null : stats.mode & 0o777;
      return { path, what, isThere: stats !== null, mode, sddl: sddlOf(path) };
    }),
  );
}

export async function stateFacts(folder: string, platform: string): Promise<StateFacts> {
  const stats = await stat(folder).catch(() => null);
  const folderIs = stats === null ? 'missing' : stats.isDirectory() ? 'there' : 'no folder';
  if (folderIs !== 'there') {
    return { folder, folderIs, isWritable: null, isLocked: false, database: 'missing' };
  }
  const isLocked = isStateLocked(folder);
  return {
    folder,
    folderIs,
    // On Windows only the attribute "read-only" would be asked.
    isWritable: platform === 'win32' ? null : await mayWrite(folder),
    isLocked,
    database: stateDatabase(folder, isLocked),
  };
}

function mayWrite(folder: string): Promise<boolean> {
  return access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  );
}

export async function diskFacts(stateDir: string, logDir: string | null): Promise<readonly DiskFacts[]> {
  const wanted = [
    { what: 'state', path: stateDir } as const,
    ...(logDir === null ? [] : [{ what: 'log', path: logDir } as const]),
  ];
  return Promise.all(
    wanted.map(async ({ what, path }): Promise<DiskFacts> => {
      const { bavail, bsize } = await statfs(await nearest(path));
      return { what, path, freeBytes: bavail * bsize };
    }),
  );
}

/** The folder itself, or the one in which it would be made. */
async function nearest(path: string): Promise<string> {
  const isThere = await stat(path).then(
    () => true,
    () => false,
  );
  return isThere || dirname(path) === path ? path : nearest(dirname(path));
}
