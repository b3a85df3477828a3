import { type Disk, type DiskFile, fileName, pathKey, type Vm } from '../core/model.ts';

/** `\\?\Volume{GUID}\folder\name.vhdx`; what follows the volume is the first group. */
const ON_VOLUME = /^\\\\\?\\Volume\{[0-9a-f-]{36}\}\\(.*\.a?vhdx?)$/i;

/** As Hyper-V names every AVHDX; no other file has such a name. */
const UNIQUE_NAME = /_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.avhdx?$/;

interface Paths {
  readonly vms: readonly Vm[];
  readonly files: readonly DiskFile[];
}

/**
 * Hyper-V may name a file by its volume's GUID in one place and by its folder in another (a parent in a VHDX, a disk of a
 * VM). Taken for two files its bytes would count twice. The GUID that Hyper-V puts into the name of every AVHDX tells
 * that they are one; other disks must also be equal in size. The path by folder then stands for both.
 */
export function withOnePathEach({ vms, files }: Paths): Paths {
  const all = [...allPaths({ vms, files })];
  const onVolume = new Set(all.filter((path) => ON_VOLUME.test(path)));
  if (onVolume.size === 0) return { vms, files };
  const byName = Map.groupBy(
    new Map(all.filter((path) => !onVolume.has(path)).map((path) => [pathKey(path), path])),
    ([key]) => fileName(key),
  );
  const sizes = new Map(files.map((file) => [pathKey(file.path), `${file.fileBytes} ${file.virtualBytes}`]));
  const others = new Map<string, string>();
  for (const path of onVolume) {
    const tail = pathKey(ON_VOLUME.exec(path)?.[1] ?? '');
    const isSure = (key: string): boolean =>
      UNIQUE_NAME.test(tail) || sizes.get(key) === sizes.get(pathKey(path));
    const same = (byName.get(fileName(tail)) ?? []).filter(
      ([key]) => key.endsWith(`\\${tail}`) && isSure(key),
    );
    const [only] = same;
    if (only !== undefined && same.length === 1) others.set(path, only[1]);
  }
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
