import { type CollectError, collectError } from '../collect-error.ts';
import { type Disk, type DiskFile, isAvhd, pathKey } from '../model.ts';

/** More than Hyper-V can make (50 checkpoints); a chain beyond it is damaged. */
const MAX_CHAIN_FILES = 64;

/** One disk of one node, followed from the file it references towards its base. */
export interface DiskWalk {
  readonly slot: string;
  /** Path keys of the AVHDX files, the referenced one first. */
  readonly avhds: readonly string[];
  /** The first file that is no AVHDX, as a path key; `null` when there is none or it is not known. */
  readonly base: string | null;
  /** Whether the walk found its end. When not, unseen files may follow the last one. */
  readonly ended: boolean;
  /** What was in the way, or wrong with a file passed. */
  readonly errors: readonly CollectError[];
}

/** Follows a disk's parents through the files of the report. Ends for any input. */
export function walkDisk(slot: string, path: string, files: ReadonlyMap<string, DiskFile>): DiskWalk {
  const avhds: string[] = [];
  const errors: CollectError[] = [];
  const end = (base: string | null, ended: boolean): DiskWalk => ({ slot, avhds, base, ended, errors });
  let current = path;
  for (;;) {
    const key = pathKey(current);
    const file = files.get(key);
    if (file?.error) errors.push(file.error);
    if (!isAvhd(current)) {
      const fault = faultBelow(key, files, avhds);
      if (fault !== null) errors.push(fault);
      return end(key, fault?.code !== 'CHAIN_LOOP');
    }
    if (avhds.includes(key)) {
      errors.push(collectError('CHAIN_LOOP', null, current));
      return end(null, false);
    }
    if (avhds.length >= MAX_CHAIN_FILES) {
      errors.push(collectError('CHAIN_TOO_DEEP', null, path));
      return end(null, false);
    }
    avhds.push(key);
    if (file === undefined) errors.push(collectError('NOT_REPORTED', null, current));
    if (file === undefined || !file.parent.known) return end(null, false);
    if (file.parent.path === null) return end(null, true);
    current = file.parent.path;
  }
}

/**
 * A base may be a differencing disk itself, upon a parent that several VMs share. What lies below is not this VM's, but
 * must be there: the first fault met, `null` when there is none or nothing more is known.
 */
function faultBelow(
  base: string,
  files: ReadonlyMap<string, DiskFile>,
  above: readonly string[],
): CollectError | null {
  const seen = new Set([...above, base]);
  let parent = files.get(base)?.parent.path ?? null;
  while (parent !== null) {
    const key = pathKey(parent);
    if (seen.has(key)) return collectError('CHAIN_LOOP', null, parent);
    if (seen.size > MAX_CHAIN_FILES) return collectError('CHAIN_TOO_DEEP', null, parent);
    seen.add(key);
    const file = files.get(key);
    if (file === undefined) return collectError('NOT_REPORTED', null, parent);
    if (file.error !== null) return file.error;
    parent = file.parent.path;
  }
  return null;
}

/** Follows every virtual disk among `disks`; other drives have no chain. */
export function walkDisks(disks: readonly Disk[], files: ReadonlyMap<string, DiskFile>): readonly DiskWalk[] {
  return disks.flatMap((disk) =>
    disk.kind === 'vhd' && disk.path !== null ? [walkDisk(disk.slot, disk.path, files)] : [],
  );
}

/** Where on the walk the first of `references` stands; the index counts AVHDX files above it. `null`: nowhere. */
export function firstReferenced(walk: DiskWalk, references: ReadonlySet<string>): number | null {
  const at = walk.avhds.findIndex((key) => references.has(key));
  if (at >= 0) return at;
  return walk.base !== null && references.has(walk.base) ? walk.avhds.length : null;
}

/** The file at an index of the walk, the base being the last. */
export function fileAt(walk: DiskWalk, index: number): string | null {
  return walk.avhds[index] ?? walk.base;
}
