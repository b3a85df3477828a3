import { type Disk, type DiskFile, fileName, pathKey, type Vm, type Volume } from '../core/model.ts';

/** `\\?\Volume{GUID}\folder\name.vhdx`: the volume, and what follows it. */
const ON_VOLUME = /^(\\\\\?\\Volume\{[0-9a-f-]{36}\}\\)(.*)$/i;

const VIRTUAL_DISK = /\.a?vhdx?$/i;

/** As Hyper-V names every AVHDX; no other file has such a name. */
const UNIQUE_NAME = /_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.avhdx?$/;

/** A volume, and the name by GUID that Windows has for it; `null` when it was not told. */
export interface NamedVolume {
  readonly volume: Volume;
  readonly volumePath: string | null;
}

interface Paths {
  readonly vms: readonly Vm[];
  readonly files: readonly DiskFile[];
}

/**
 * Hyper-V may name a file by its volume's GUID in one place and by its folder in another (a parent in a VHDX, a disk of a
 * VM). Taken for two files its bytes would count twice. The path by folder then stands for both: where the volume is known
 * by both names too, or another path tells which it is. A volume by GUID on which no path is left then is the same as another.
 */
export function withOnePathEach(
  paths: Paths,
  volumes: readonly NamedVolume[],
): Paths & { readonly volumes: readonly Volume[] } {
  const all = [...allPaths(paths)];
  const onVolume = new Set(all.filter((path) => ON_VOLUME.test(path)));
  if (onVolume.size === 0) return { ...paths, volumes: volumes.map(({ volume }) => volume) };
  const byName = pathsByName(onVolume, all, paths.files);
  const others = new Map([...byName, ...pathsByRoot(onVolume, volumes)]);
  const left = [...onVolume].filter((path) => !others.has(path)).map(pathKey);
  return {
    ...renamed(paths, others),
    volumes: volumes
      .map(({ volume }) => volume)
      .filter(({ root }) => !ON_VOLUME.test(root) || left.some((path) => path.startsWith(pathKey(root)))),
  };
}

/** Of volumes whose name by GUID is known, another path: it is certain. */
function pathsByRoot(
  onVolume: ReadonlySet<string>,
  volumes: readonly NamedVolume[],
): ReadonlyMap<string, string> {
  const roots = new Map<string, string>();
  for (const { volume, volumePath } of volumes.toReversed()) {
    if (volumePath !== null && !ON_VOLUME.test(volume.root)) roots.set(pathKey(volumePath), volume.root);
  }
  const others = new Map<string, string>();
  for (const path of onVolume) {
    const [, volume = '', tail = ''] = ON_VOLUME.exec(path) ?? [];
    const root = roots.get(pathKey(volume));
    if (root !== undefined) others.set(path, `${root}${tail}`);
  }
  return others;
}

/**
 * Of other volumes, the one path that ends alike. The GUID that Hyper-V puts into the name of every AVHDX tells that they
 * are one file; other disks must also be equal in size.
 */
function pathsByName(
  onVolume: ReadonlySet<string>,
  all: readonly string[],
  files: readonly DiskFile[],
): ReadonlyMap<string, string> {
  const byName = Map.groupBy(
    new Map(all.filter((path) => !onVolume.has(path)).map((path) => [pathKey(path), path])),
    ([key]) => fileName(key),
  );
  const sizes = new Map(files.map((file) => [pathKey(file.path), `${file.fileBytes} ${file.virtualBytes}`]));
  const others = new Map<string, string>();
  for (const path of onVolume) {
    if (!VIRTUAL_DISK.test(path)) continue;
    const tail = pathKey(ON_VOLUME.exec(path)?.[2] ?? '');
    const isSure = (key: string): boolean =>
      UNIQUE_NAME.test(tail) || sizes.get(key) === sizes.get(pathKey(path));
    const same = (byName.get(fileName(tail)) ?? []).filter(
      ([key]) => key.endsWith(`\\${tail}`) && isSure(key),
    );
    const [only] = same;
    if (only !== undefined && same.length === 1) others.set(path, only[1]);
  }
  return others;
}

function renamed({ vms, files }: Paths, others: ReadonlyMap<string, string>): Paths {
  const known = <T extends string | null>(path: T) => (path === null ? null : (others.get(path) ?? path));
  const disksOf = (disks: readonly Disk[] | null) =>
    disks?.map((disk) => ({ ...disk, path: known(disk.path) })) ?? null;
  return {
    vms: vms.map((vm) => ({
      ...vm,
      disks: disksOf(vm.disks),
      checkpoints: vm.checkpoints?.map((each) => ({ ...each, disks: disksOf(each.disks) })) ?? null,
    })),
    files: files.map((file) => ({
      ...file,
      path: others.get(file.path) ?? file.path,
      parent: file.parent.known ? { known: true, path: known(file.parent.path) } : file.parent,
    })),
  };
}

function* allPaths({ vms, files }: Paths): Generator<string> {
  for (const { path, parent } of files) {
    yield path;
    if (parent.path !== null) yield parent.path;
  }
  for (const { disks, checkpoints } of vms) {
    for (const list of [disks, ...(checkpoints ?? []).map((each) => each.disks)]) {
      for (const { path } of list ?? []) if (path !== null) yield path;
    }
  }
}
