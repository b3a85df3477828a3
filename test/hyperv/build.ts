import { guidOf, type Scenario } from './scenario.ts';

export type WrittenVm = NonNullable<Scenario['vms']>[number];
export type WrittenFile = NonNullable<Scenario['files']>[number];
export type WrittenCheckpoint = NonNullable<WrittenVm['checkpoints']>[number];
export type WrittenDisk = NonNullable<WrittenVm['disks']>[number];

export const GIB = 1024 ** 3;
export const MIB = 1024 ** 2;

/** A disk before any checkpoint was taken. */
export interface PlannedDisk {
  readonly slot: string;
  readonly path: string;
  readonly sizeBytes: number;
  readonly virtualBytes: number;
  readonly type?: 'Fixed' | 'Dynamic' | 'Differencing';
  readonly parent?: string;
}

/** What happened to a machine: a checkpoint was taken, or an earlier one was applied. Then so much was written. */
export type Event =
  | ({ readonly take: string; readonly at: string; readonly writes: number } & Omit<
      Partial<WrittenCheckpoint>,
      'id' | 'name' | 'created' | 'disks' | 'parent'
    >)
  | { readonly apply: string; readonly at: string; readonly writes: number };

/** Plays a history as Hyper-V would: every checkpoint freezes the current files and puts a new layer on each. */
export function playHistory(
  machine: Omit<WrittenVm, 'id' | 'disks' | 'checkpoints' | 'parentCheckpoint'> & { readonly id?: string },
  disks: readonly PlannedDisk[],
  history: readonly Event[] = [],
): { readonly vm: WrittenVm; readonly files: readonly WrittenFile[] } {
  const id = machine.id ?? guidOf(`vm ${machine.name}`);
  const files = new Map<string, WrittenFile>(disks.map((disk) => [disk.path, baseFile(disk)]));
  const checkpoints: WrittenCheckpoint[] = [];
  let current: readonly WrittenDisk[] = disks.map(({ slot, path }) => ({ slot, path }));
  let parent: string | null = null;

  const grow = (frozen: readonly WrittenDisk[], at: string, writes: number, label: string): void => {
    current = frozen.map(({ slot, path }, index) => {
      const below = files.get(path ?? '');
      if (below === undefined) throw new Error(`${machine.name}: no file at ${path}`);
      const layer = layerPath(disks[index]?.path ?? below.path, `${id} ${label} ${slot}`);
      files.set(layer, {
        path: layer,
        type: 'Differencing',
        // The first disk takes the writes; a fresh layer on the others has 4 MiB.
        sizeBytes: index === 0 ? writes : 4 * MIB,
        virtualBytes: below.virtualBytes ?? 0,
        parent: below.path,
      });
      files.set(below.path, { ...below, modified: at });
      return { slot, path: layer };
    });
  };

  history.forEach((event, index) => {
    if ('take' in event) {
      const { take, at, writes, ...rest } = event;
      const created: WrittenCheckpoint = {
        id: guidOf(`checkpoint ${id} ${index}`),
        name: take,
        created: at,
        ...rest,
        ...(parent === null ? {} : { parent }),
        disks: [...current],
      };
      checkpoints.push(created);
      parent = created.id;
      grow(current, at, writes, `${index}`);
    } else {
      const target = checkpoints.find(({ name }) => name === event.apply);
      if (target === undefined) throw new Error(`${machine.name}: no checkpoint ${event.apply}`);
      // What was written since the newest checkpoint is thrown away.
      for (const { path } of current) files.delete(path ?? '');
      parent = target.id;
      grow(target.disks ?? [], event.at, event.writes, `${index}`);
    }
  });

  return {
    vm: {
      id,
      ...machine,
      ...(parent === null ? {} : { parentCheckpoint: parent }),
      disks: [...current],
      ...(checkpoints.length === 0 ? {} : { checkpoints }),
    },
    files: [...files.values()],
  };
}

/** The name Hyper-V gives to the layer of a disk: a random GUID, not that of the checkpoint. */
export function layerPath(base: string, seed: string): string {
  const dot = base.lastIndexOf('.');
  const extension = base.slice(dot).toLowerCase() === '.vhd' ? '.avhd' : '.avhdx';
  return `${base.slice(0, dot)}_${guidOf(`layer ${seed}`).toUpperCase()}${extension}`;
}

function baseFile({ path, sizeBytes, virtualBytes, type, parent }: PlannedDisk): WrittenFile {
  return {
    path,
    ...(type === undefined ? {} : { type }),
    sizeBytes,
    virtualBytes,
    ...(parent === undefined ? {} : { parent }),
  };
}
