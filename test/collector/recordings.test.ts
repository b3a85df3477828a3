import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it, test } from 'vitest';
import { replayReport } from '../../src/collector/replay.ts';
import { type HostReading, type HostReport, pathKey, volumeOf } from '../../src/core/model.ts';
import { readScenario } from '../hyperv/stand-in.ts';
import { existingRecordings, originOf, recordedScenarios, recordingPath } from './recording.ts';

const scenarios = recordedScenarios();
const replayed = new Map<string, HostReport>();

beforeAll(async () => {
  for (const name of existingRecordings()) replayed.set(name, await replayReport(recordingPath(name)));
});

function reading(scenario: string): HostReading {
  const report = replayed.get(scenario);
  if (report?.status !== 'read') throw new Error(`${scenario} was not read`);
  return report;
}

/** Everything that went wrong, as `where CODE`. */
function troubles(scenario: string): readonly string[] {
  const { errors, vms, files } = reading(scenario);
  return [
    ...errors.map(({ code }) => `host ${code}`),
    ...vms.flatMap(({ name, errors: each }) => each.map(({ code }) => `${name} ${code}`)),
    ...files.flatMap(({ path, error }) => (error === null ? [] : [`${shortPath(path)} ${error.code}`])),
  ];
}

/** `C:\VMs\a\a_GUID.avhdx` as `a_*.avhdx`. */
function shortPath(path: string): string {
  return path.slice(path.lastIndexOf('\\') + 1).replace(/_[0-9A-F-]{36}/i, '_*');
}

it('has a recording of every scenario, and of no other', () => {
  expect(existingRecordings()).toEqual(scenarios);
});

test.skipIf(process.platform === 'win32').each(scenarios)(
  '%s was recorded with this script and this stand-in (else: node test/record.ts)',
  (name) => {
    expect(JSON.parse(readFileSync(recordingPath(name), 'utf8')).recording).toEqual(originOf(name));
  },
);

/** Hosts of which nothing could be seen, and what is said about it. */
const FAILED: Readonly<Record<string, string>> = {
  'access-denied': 'ACCESS_DENIED',
  'module-missing': 'MODULE_MISSING',
  'nothing-visible': 'EMPTY_BUT_HINTED',
  'role-missing': 'NO_HYPERV_ROLE',
  'vmms-stopped': 'VMMS_STOPPED',
};

/** What is said about hosts that were read, where anything was wrong. */
const TROUBLES: Readonly<Record<string, readonly string[]>> = {
  'access-denied-files': ['bravo_*.avhdx VHD_ACCESS_DENIED'],
  'all-snapshot-types': ['types01 TYPE_UNKNOWN'],
  'broken-chain': [
    'orphaned01.vhdx VHD_NOT_FOUND',
    'nochain01_*.avhdx PARENT_MISSING',
    'nochain01.vhdx VHD_NOT_FOUND',
    'mismatch01_*.avhdx PARENT_MISMATCH',
    'corrupt01.vhdx VHD_CORRUPT',
  ],
  'checkpoint-disappears': ['alpha CHECKPOINT_GONE', 'bravo CHECKPOINT_DISKS_FAILED'],
  'clock-ahead': ['time01 TIME_IN_FUTURE'],
  'companions-fail': ['host FACT_FAILED'],
  'cluster-node': ['smb01_*.avhdx VHD_IN_USE'],
  'german-host': ['ÄRZTE01 BUSY_SKIPPED', 'ärzte.vhdx BUSY_SKIPPED', 'g_*.avhdx VHD_IN_USE'],
  'get-vhd-hangs': [
    'bravo_*.avhdx BUDGET_EXCEEDED',
    'bravo.vhdx BUDGET_EXCEEDED',
    'charlie_*.avhdx BUDGET_EXCEEDED',
    'charlie.vhdx BUDGET_EXCEEDED',
  ],
  'in-use-files': ['alpha_*.avhdx VHD_IN_USE', 'bravo_*.avhdx VHD_IN_USE', 'bravo.vhdx VHD_IN_USE'],
  merging: [
    ...['merge01', 'backup01', 'delete01', 'apply01', 'move01'],
    ...['merge01_*.avhdx', 'backup01_*.avhdx', 'backup01.vhdx', 'delete01_*.avhdx', 'delete01.vhdx'],
    ...['apply01_*.avhdx', 'apply01.vhdx', 'move01.vhdx'],
  ].map((where) => `${where} BUSY_SKIPPED`),
  'property-throws': [
    'alpha PROP_READ_FAILED',
    'alpha PROP_READ_FAILED',
    'bravo PROP_READ_FAILED',
    'bravo PROP_READ_FAILED',
    'charlie DISKS_FAILED',
    'charlie PROP_READ_FAILED',
    'charlie CHECKPOINT_DISKS_FAILED',
    'delta PROP_READ_FAILED',
  ],
  'vm-disappears': ['bravo VM_GONE', 'bravo VM_GONE'],
  'vm-disappears-silently': ['bravo DISKS_FAILED', 'bravo SNAPSHOT_ENUM_FAILED'],
  'vm-disappears-terminating': ['bravo VM_GONE', 'bravo VM_GONE'],
  'vm-disappears-unnamed': ['bravo VM_GONE', 'bravo VM_GONE'],
};

test.each(scenarios)('%s: says what was wrong, and nothing else', (name) => {
  const code = FAILED[name];
  if (code === undefined) expect(troubles(name)).toEqual(TROUBLES[name] ?? []);
  else expect(replayed.get(name)).toMatchObject({ status: 'failed', host: 'hv01', error: { code } });
});

const KINDS: Readonly<Record<string, string>> = {
  Standard: 'user',
  Recovery: 'backup',
  Planned: 'planned',
  Missing: 'missing',
  Replica: 'replica',
  AppConsistentReplica: 'replica',
  SyncedReplica: 'replica',
};

// The scenario says what is on the host: an oracle that knows nothing of how it was read.
describe.each(scenarios.filter((name) => FAILED[name] === undefined))('%s', (name) => {
  const scenario = readScenario(name);

  it('shows every VM by its id and name', () => {
    const expected = scenario.vms.map(({ id, name: vmName }) => [id, vmName]);
    const shown = reading(name).vms.map((vm) => [vm.id, vm.name]);
    // Longer names are cut, but told apart by their ids.
    expect(shown).toEqual(expected.map(([id, vmName]) => [id, vmName?.slice(0, 1024)]));
  });

  it('shows every checkpoint with its name, kind, parent and time, unless it says why not', () => {
    for (const vm of scenario.vms) {
      const shown = reading(name).vms.find(({ id }) => id === vm.id);
      if (shown === undefined || shown.errors.length > 0) continue;
      const expected = vm.checkpoints.map((each) => ({
        id: each.id,
        name: each.name.slice(0, 1024),
        kind: kindOf(each.type, each.automatic && scenario.host.automaticCheckpointProperties),
        parentId: each.parent,
        createdAt: Date.parse(each.created),
        hasMemory: each.saved,
        notes: each.notes.slice(0, 4097),
        systemBytes: each.systemBytes === 0 ? null : each.systemBytes,
      }));
      const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);
      const found = (shown.checkpoints ?? []).map(({ type: _type, disks: _disks, ...rest }) => rest);
      expect(found.toSorted(byId)).toEqual(expected.toSorted(byId));
    }
  });

  it('shows sizes and parents as they are, or as unknown', () => {
    const actual = new Map(scenario.files.map((file) => [pathKey(file.path), file]));
    const roots = new Map(scenario.volumes.map(({ id, root }) => [`\\\\?\\Volume{${id}}\\`, root]));
    for (const shown of reading(name).files) {
      const [prefix, root] = [...roots].find(([each]) => shown.path.startsWith(each)) ?? ['', ''];
      const file = actual.get(pathKey(root + shown.path.slice(prefix.length)));
      if (shown.fileBytes !== null)
        expect([shown.path, shown.fileBytes]).toEqual([shown.path, file?.sizeBytes]);
      if (!shown.parent.known) continue;
      const parent = file?.parent ?? null;
      expect([shown.path, shown.parent.path]).toEqual([shown.path, parent]);
    }
  });

  it('shows what the guest of every VM is, if it is a Windows that says so', () => {
    if (troubles(name).includes('host FACT_FAILED')) return;
    for (const { id, state, productType, guestItems } of scenario.vms) {
      const shown = reading(name).vms.find((vm) => vm.id === id);
      if (guestItems !== null) continue;
      const isSilent = /^(Off|Saved|FastSaved|Hibernated|OffCritical|SavedCritical)$/.test(`${state}`);
      const isKnown = !isSilent && productType !== null && productType <= 3;
      expect([shown?.name, shown?.guestProductType]).toEqual([shown?.name, isKnown ? productType : null]);
    }
  });

  it('shows the volume of every disk, with the space on it or why that is not known', () => {
    const actual = new Map(scenario.volumes.map((volume) => [pathKey(volume.root), volume]));
    for (const { id, root } of scenario.volumes) {
      actual.set(pathKey(`\\\\?\\Volume{${id}}\\`), actual.get(pathKey(root)) ?? never());
    }
    const { vms, files, volumes } = reading(name);
    const disks = vms.flatMap((vm) => [vm.disks, ...(vm.checkpoints ?? []).map((each) => each.disks)]);
    const paths = [...disks.flatMap((each) => each ?? []), ...files].map(({ path }) => path);
    for (const path of paths.filter((each) => each !== null)) {
      expect(volumeOf(path, volumes), path).not.toBeNull();
    }
    for (const { root, totalBytes, freeBytes, error } of volumes) {
      const volume =
        root.startsWith('\\\\') && !root.startsWith('\\\\?') ? undefined : actual.get(pathKey(root));
      if (error === null)
        expect([root, totalBytes, freeBytes]).toEqual([
          root,
          volume?.sizeBytes ?? null,
          volume?.freeBytes ?? null,
        ]);
      else expect([root, totalBytes, freeBytes]).toEqual([root, null, null]);
    }
  });

  it('says nothing else of what a guest says', () => {
    const text = readFileSync(recordingPath(name), 'utf8');
    expect(text).not.toMatch(
      /10\.77\.|fe80:|FullyQualified|NetworkAddress|Windows Server|OSName|Ubuntu|evil|root:/i,
    );
  });

  it('knows the size and the parent of every file on the chains of a VM with checkpoints, unless it says why not', () => {
    const files = new Map(reading(name).files.map((file) => [pathKey(file.path), file]));
    for (const vm of reading(name).vms) {
      if (vm.errors.length > 0 || (vm.checkpoints ?? []).length === 0) continue;
      const disks = [vm.disks, ...(vm.checkpoints ?? []).map((each) => each.disks)].flatMap(
        (each) => each ?? [],
      );
      for (const { kind, path } of disks) {
        if (kind !== 'vhd') continue;
        const file = files.get(pathKey(path ?? ''));
        expect(file, `${path}`).toBeDefined();
        if (file?.error === null)
          expect(file).toMatchObject({ fileBytes: expect.any(Number), parent: { known: true } });
      }
    }
  });
});

function never(): never {
  throw new Error('unreachable');
}

function kindOf(type: string | number, automatic: boolean): string {
  const kind = KINDS[type] ?? 'unknown';
  return kind === 'user' && automatic ? 'automatic' : kind;
}

describe('what single recordings show', () => {
  it('measures the disks of a busy VM without following their chains', () => {
    for (const { fileBytes, parent } of reading('merging').files) {
      expect(fileBytes).toBeGreaterThan(0);
      expect(parent.known).toBe(false);
    }
  });

  it('calls a checkpoint user where the host has no word for automatic', () => {
    const [vm] = reading('no-automatic-property').vms;
    expect(vm).toMatchObject({ automaticCheckpoints: null, checkpoints: [{ kind: 'user' }] });
  });

  it('takes the label of a physical disk for no path', () => {
    const [vm] = reading('pass-through').vms;
    expect(vm?.disks?.map(({ kind, path }) => [kind, path === null])).toEqual([
      ['vhd', false],
      ['passthrough', true],
      ['empty', true],
      ['empty', true],
    ]);
  });

  it('has one record of a file that goes by several names', () => {
    const keys = reading('mixed-case-paths').files.map(({ path }) => pathKey(path));
    expect(new Set(keys).size).toBe(keys.length);
  });

  it('says nothing about the layers of a VM when the parent of one checkpoint cannot be read', () => {
    const charlie = reading('property-throws').vms.find(({ name }) => name === 'charlie');
    expect(charlie).toMatchObject({ disks: null, checkpoints: [{ name: 'of charlie', disks: null }] });
  });

  it('still reads every other VM when one is gone, however that shows', () => {
    for (const scenario of scenarios.filter((name) => name.startsWith('vm-disappears'))) {
      const { vms } = reading(scenario);
      for (const vm of vms.filter(({ name }) => name !== 'bravo')) {
        expect([scenario, vm.name, vm.disks?.length]).toEqual([scenario, vm.name, 1]);
        expect(vm.checkpoints).not.toBeNull();
      }
      expect(vms.find(({ name }) => name === 'bravo')?.disks).toBeNull();
    }
  });

  it('finds the domain controller among the guests, and loses none to a hostile one', () => {
    const types = reading('domain-controller').vms.map((vm) => [vm.name, vm.guestProductType]);
    expect(types).toEqual([
      ['DC01', 2],
      ['DC02', null],
      ['SRV01', 3],
      ['WKS01', 1],
      ['LINUX01', null],
      ['SILENT01', null],
      ['FUTURE01', null],
      ['HOSTILE01', null],
      ['HOSTILE02', 2],
    ]);
  });

  it('lists each volume that holds a disk once, by the folder if there is one', () => {
    const { volumes } = reading('volumes');
    expect(volumes.map(({ root, fileSystem, error }) => [root, fileSystem, error?.code ?? null])).toEqual([
      ['D:\\', 'ReFS', null],
      ['C:\\ClusterStorage\\Gold Tier\\', 'CSVFS', null],
      ['C:\\ClusterStorage\\Volume2\\', 'CSVFS', null],
      ['\\\\?\\Volume{5c7a1d9e-0b64-4f27-9a83-d1e2f3a4b5c6}\\', 'NTFS', null],
      ['\\\\sofs01\\vms$\\', null, null],
      ['E:\\', null, 'VOLUME_FAILED'],
      ['F:\\', null, 'VOLUME_FAILED'],
      ['C:\\', 'NTFS', null],
    ]);
    // It is mounted in a folder, of which the path does not tell.
    expect(volumeOf('D:\\Mounted\\mounted01.vhdx', volumes)?.root).toBe('D:\\');
  });

  it('names host, cluster and clock', () => {
    expect(reading('cluster-node').facts).toMatchObject({
      cluster: {
        name: readScenario('cluster-node').host.cluster?.name,
        node: readScenario('cluster-node').host.name,
      },
      osBuild: readScenario('cluster-node').host.osBuild,
      utcOffsetMin: 60,
    });
    expect(reading('small-office').hostClockAt).toBe(Date.parse(readScenario('small-office').host.utcNow));
  });

  it('tells an empty host from one that could not be read', () => {
    expect(reading('truly-empty')).toMatchObject({ vms: [], errors: [], facts: { hintedVms: 0 } });
  });
});
