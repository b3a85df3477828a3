import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addSums } from '../../src/core/byte-sum.ts';
import { attribute } from '../../src/core/chain.ts';
import type { DiskFile } from '../../src/core/model.ts';
import { isAvhd, pathKey } from '../../src/core/model.ts';
import { type LivedVm, livedVms } from './vm-history.ts';

/** The AVHDX files that any node of the VM reaches, by a walk of its own. */
function reachable({ vm, files }: LivedVm): Set<string> {
  const found = new Set<string>();
  const references = [vm.disks ?? [], ...(vm.checkpoints ?? []).map((c) => c.disks ?? [])].flat();
  for (const disk of references) {
    let path: string | null = disk.path;
    while (path !== null && isAvhd(path)) {
      found.add(pathKey(path));
      path = files.get(pathKey(path))?.parent.path ?? null;
    }
  }
  return found;
}

describe(attribute, () => {
  it('gives every AVHDX file to the checkpoint after which it was written', () => {
    fc.assert(
      fc.property(livedVms, (lived) => {
        const chain = attribute(lived.vm, lived.files);
        const owners = new Map<string, string | null>();
        for (const key of chain.unattributedFiles) owners.set(key, null);
        for (const [id, each] of chain.checkpoints) for (const key of each.layerFiles) owners.set(key, id);
        const expected = [...reachable(lived)].map((key) => [key, lived.ownerOf.get(key) ?? null]);
        expect(Object.fromEntries(owners)).toEqual(Object.fromEntries(expected));
      }),
      { numRuns: 500 },
    );
  });

  it('counts every AVHDX byte once: layers and unattributed together are all AVHDX bytes', () => {
    fc.assert(
      fc.property(livedVms, (lived) => {
        const chain = attribute(lived.vm, lived.files);
        const bytes = [...reachable(lived)].reduce(
          (sum, key) => sum + (lived.files.get(key)?.fileBytes ?? 0),
          0,
        );
        expect(chain.total.bytes).toBe(bytes);
        const parts = addSums([...[...chain.checkpoints.values()].map((c) => c.layer), chain.unattributed]);
        expect(parts).toEqual(chain.total);
      }),
    );
  });

  it('does not care for the order of its input', () => {
    fc.assert(
      fc.property(livedVms, fc.infiniteStream(fc.nat()), (lived, stream) => {
        const shuffled = <T>(items: readonly T[]): T[] =>
          items
            .map((item) => [stream.next().value ?? 0, item] as const)
            .sort((a, b) => a[0] - b[0])
            .map(([, item]) => item);
        const vm = {
          ...lived.vm,
          disks: shuffled(lived.vm.disks ?? []),
          checkpoints: shuffled(lived.vm.checkpoints ?? []).map((c) => ({
            ...c,
            disks: shuffled(c.disks ?? []),
          })),
        };
        const again = attribute(vm, new Map(shuffled([...lived.files])));
        const sorted = (chain: ReturnType<typeof attribute>) => ({
          ...chain,
          checkpoints: [...chain.checkpoints.values()].map((c) => ({
            ...c,
            childIds: [...c.childIds].sort(),
          })),
        });
        expect(sorted(again)).toEqual(sorted(attribute(lived.vm, lived.files)));
      }),
    );
  });

  it('makes a sum unknown as soon as one size in it is, and says what is known as "at least"', () => {
    fc.assert(
      fc.property(livedVms, fc.nat(), (lived, pick) => {
        const keys = [...reachable(lived)];
        fc.pre(keys.length > 0);
        const lost = keys[pick % keys.length] ?? '';
        const before = attribute(lived.vm, lived.files);
        const chain = attribute(lived.vm, withFile(lived.files, lost, { fileBytes: null }));
        const lostBytes = lived.files.get(lost)?.fileBytes ?? 0;
        expect(chain.total).toEqual({ bytes: null, atLeastBytes: (before.total.bytes ?? 0) - lostBytes });
        for (const [id, each] of chain.checkpoints) {
          expect(each.layer.bytes === null).toBe(each.layerFiles.includes(lost));
          expect(each.whyUnknown === null).toBe(each.layer.bytes !== null);
          expect(each.layerFiles).toEqual(before.checkpoints.get(id)?.layerFiles);
        }
      }),
    );
  });

  it('never claims a known layer when a parent on the way is unknown, and never loses a byte over it', () => {
    fc.assert(
      fc.property(livedVms, fc.nat(), (lived, pick) => {
        const keys = [...reachable(lived)];
        fc.pre(keys.length > 0);
        const lost = keys[pick % keys.length] ?? '';
        const before = attribute(lived.vm, lived.files);
        const chain = attribute(
          lived.vm,
          withFile(lived.files, lost, { parent: { known: false, path: null } }),
        );
        expect(chain.total.bytes).toBeNull();
        const parts = addSums([...[...chain.checkpoints.values()].map((c) => c.layer), chain.unattributed]);
        expect(parts.atLeastBytes).toBe(chain.total.atLeastBytes);
        for (const [id, each] of chain.checkpoints) {
          if (each.layer.bytes !== null) expect(each.layer).toEqual(before.checkpoints.get(id)?.layer);
        }
      }),
    );
  });

  it('does not present a guess as known when the disks of a checkpoint were not read', () => {
    fc.assert(
      fc.property(livedVms, fc.nat(), (lived, pick) => {
        const checkpoints = lived.vm.checkpoints ?? [];
        fc.pre(checkpoints.length > 0);
        const lost = pick % checkpoints.length;
        const vm = {
          ...lived.vm,
          checkpoints: checkpoints.map((c, i) => (i === lost ? { ...c, disks: null } : c)),
        };
        const before = attribute(lived.vm, lived.files);
        const chain = attribute(vm, lived.files);
        expect(chain.checkpoints.get(checkpoints[lost]?.id ?? '')?.layer.bytes).toBeNull();
        for (const [id, each] of chain.checkpoints) {
          if (each.layer.bytes !== null) expect(each.layer).toEqual(before.checkpoints.get(id)?.layer);
        }
      }),
    );
  });

  it('ends for any tangle of parents and checkpoints', () => {
    const path = fc.integer({ min: 0, max: 6 }).map((n) => `C:\\x${n}.avhdx`);
    const id = fc.integer({ min: 0, max: 5 }).map(String);
    const file = fc.record({ path, parent: fc.option(path), fileBytes: fc.option(fc.nat()) });
    const node = fc.record({ id, parentId: fc.option(id), paths: fc.array(path, { maxLength: 3 }) });
    fc.assert(
      fc.property(
        fc.array(file),
        fc.array(node, { maxLength: 6 }),
        fc.option(id),
        (records, nodes, parentCheckpointId) => {
          const files = new Map<string, DiskFile>(
            records.map((r) => [
              pathKey(r.path),
              { ...EMPTY_FILE, ...r, parent: { known: true, path: r.parent } },
            ]),
          );
          const disks = (paths: string[]) =>
            paths.map((each, i) => ({
              slot: `SCSI:0:${i}`,
              kind: 'vhd' as const,
              path: each,
              shared: false,
            }));
          const base = fc.sample(livedVms, { numRuns: 1, seed: 1 })[0]?.vm;
          if (base === undefined) throw new Error('no sample');
          const checkpoints = nodes.map((n) => ({
            ...CHECKPOINT,
            id: n.id,
            parentId: n.parentId,
            disks: disks(n.paths),
          }));
          const chain = attribute(
            { ...base, parentCheckpointId, checkpoints, disks: disks(['C:\\x0.avhdx']) },
            files,
          );
          const parts = addSums([...[...chain.checkpoints.values()].map((c) => c.layer), chain.unattributed]);
          expect(parts.atLeastBytes).toBe(chain.total.atLeastBytes);
        },
      ),
    );
  });
});

const EMPTY_FILE = {
  type: 'differencing',
  fileBytes: 0,
  virtualBytes: 0,
  lastWriteAt: null,
  error: null,
} as const;

const CHECKPOINT = {
  name: 'c',
  type: { code: 0, name: 'Standard' },
  kind: 'user',
  createdAt: 0,
  hasMemory: null,
  notes: null,
  systemBytes: null,
} as const;

function withFile(
  files: ReadonlyMap<string, DiskFile>,
  key: string,
  change: Partial<DiskFile>,
): ReadonlyMap<string, DiskFile> {
  const file = files.get(key);
  if (file === undefined) throw new Error(`no file ${key}`);
  return new Map([...files, [key, { ...file, ...change }]]);
}
