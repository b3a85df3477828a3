import { describe, expect, it } from 'vitest';
import { generateScenario } from './generate.ts';
import { completeScenario, type FullScenario, pathKey } from './scenario.ts';
import { localPath, readScenario, scenarioNames } from './stand-in.ts';

/** Paths that lead nowhere on purpose. */
const DANGLING: Readonly<Record<string, readonly RegExp[]>> = {
  'broken-chain': [/orphaned01\.vhdx$/, /nochain01\.vhdx$/],
  'small-office': [/old01\.vhdx$/],
};

describe('scenario files', () => {
  it.each(scenarioNames())('%s is whole', (name) => {
    const scenario = readScenario(name);
    const allowed = DANGLING[name] ?? [];
    const dangling = [...danglingPaths(scenario)].filter(
      (path) => !allowed.some((known) => known.test(path)),
    );
    expect(dangling).toEqual([]);
    expect([...strayIds(scenario)]).toEqual([]);
  });

  it('rejects what it does not know', () => {
    expect(() => completeScenario({ title: 'x', vmms: 'Running' })).toThrow(/vmms/);
    expect(() => completeScenario({ title: 'x', faults: [{ at: 'Get-VHD', kind: 'Sunshine' }] })).toThrow(
      /kind/,
    );
  });
});

describe('generateScenario', () => {
  it('makes the same host from the same seed', () => {
    const options = { vms: 50, suspectRatio: 0.1, seed: 7 };
    expect(generateScenario(options)).toEqual(generateScenario(options));
    expect(generateScenario({ ...options, seed: 8 })).not.toEqual(generateScenario(options));
  });

  it.each([
    [100, 5],
    [1000, 50],
  ])('gives %i machines of which %i have checkpoints', (vms, suspects) => {
    const scenario = completeScenario(generateScenario({ vms, suspectRatio: 0.05, seed: 1 }));
    expect(scenario.vms.length).toBe(vms);
    expect(scenario.vms.filter(({ checkpoints }) => checkpoints.length > 0).length).toBe(suspects);
    expect([...danglingPaths(scenario)]).toEqual([]);
  });
});

describe('localPath', () => {
  it.each([
    ['C:\\VMs\\a.vhdx', 'C/VMs/a.vhdx'],
    ['\\\\?\\d:\\x', 'D/x'],
    ['\\\\server\\share$\\x', 'UNC/server/share$/x'],
    ['\\\\?\\UNC\\server\\share$\\x', 'UNC/server/share$/x'],
  ])('lays %s at %s', (path, expected) => {
    expect(localPath(path)).toBe(expected);
  });
});

function* danglingPaths(scenario: FullScenario): Iterable<string> {
  const key = (path: string): string =>
    scenario.volumes.reduce(
      (known, { id, root }) => known.replace(`\\\\?\\volume{${id}}\\`, pathKey(root)),
      pathKey(path),
    );
  const files = new Set(scenario.files.map(({ path }) => key(path)));
  for (const vm of scenario.vms) {
    for (const disk of [...vm.disks, ...vm.checkpoints.flatMap(({ disks }) => disks)]) {
      const { path, diskNumber } = disk;
      if (path !== null && path !== '' && diskNumber === null && !files.has(key(path))) yield key(path);
    }
  }
  for (const { parent, set } of scenario.files) {
    for (const path of [...(parent === null ? [] : [parent]), ...(set?.paths ?? [])]) {
      if (!files.has(key(path))) yield key(path);
    }
  }
  for (const { at, path } of scenario.faults) {
    if (path !== null && (at === 'Get-VHD' || at === 'Get-Item') && !files.has(key(path))) yield key(path);
  }
}

/** Ids that point at nothing, or are there twice. */
function* strayIds(scenario: FullScenario): Iterable<string> {
  const vms = new Set(scenario.vms.map(({ id }) => id));
  const all = scenario.vms.flatMap(({ id, checkpoints }) => [id, ...checkpoints.map((c) => c.id)]);
  const known = new Set(all);
  if (known.size !== all.length) yield 'an id is used twice';
  for (const vm of scenario.vms) {
    const own = new Set(vm.checkpoints.map(({ id }) => id));
    for (const id of [vm.parentCheckpoint, ...vm.checkpoints.map(({ parent }) => parent)]) {
      if (id !== null && !own.has(id)) yield id;
    }
  }
  for (const { vm, checkpoint } of scenario.faults) {
    if (vm !== null && !vms.has(vm)) yield vm;
    if (checkpoint !== null && !known.has(checkpoint)) yield checkpoint;
  }
}
