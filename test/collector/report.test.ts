import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type ReadReport, readReport } from '../../src/collector/report.ts';
import { attributeVms } from '../../src/core/fold.ts';
import type { HostReading } from '../../src/core/model.ts';

const NOW = '2026-03-02T09:00:00.000Z';
const guid = (n: number): string => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;

type Json = Record<string, unknown>;

function wireDisk(over: Json = {}): Json {
  return { slot: 'SCSI:0:0', kind: 'vhd', path: 'C:\\a.vhdx', diskNumber: null, shared: false, ...over };
}

function wireCheckpoint(over: Json = {}): Json {
  return {
    id: guid(100),
    name: 'before',
    type: { c: 0, n: 'Standard' },
    parentId: null,
    createdAt: '2026-02-20T16:30:00.000Z',
    hasMemory: false,
    auto: false,
    notes: '',
    systemBytes: 4096,
    disks: [wireDisk()],
    ...over,
  };
}

function wireVm(over: Json = {}): Json {
  return {
    id: guid(1),
    name: 'web01',
    state: { c: 2, n: 'Running' },
    op: [2],
    checkpointType: 3,
    autoCheckpoints: false,
    generation: 2,
    isClustered: false,
    replicationMode: 0,
    parentCheckpointId: guid(100),
    notes: '',
    disks: [wireDisk({ path: 'C:\\a_1.avhdx' })],
    checkpoints: [wireCheckpoint()],
    errors: [],
    ...over,
  };
}

function wireFile(over: Json = {}): Json {
  return {
    path: 'C:\\a.vhdx',
    format: 3,
    type: 3,
    fileBytes: 10,
    virtualBytes: 100,
    parent: null,
    diskId: null,
    lastWrite: NOW,
    via: 'get-vhd',
    error: null,
    ...over,
  };
}

function wireReport(over: Json = {}): Json {
  return {
    schema: 1,
    kind: 'hyperv.inventory',
    startedAt: NOW,
    finishedAt: NOW,
    collector: {
      ps: '5.1',
      edition: 'Desktop',
      languageMode: 'FullLanguage',
      module: '2.0',
      elevated: true,
      timings: {},
    },
    host: {
      name: 'HV01',
      fqdn: null,
      osBuild: 20348,
      utcNow: NOW,
      tz: null,
      utcOffsetMin: 0,
      cluster: null,
      visibleVms: 1,
      hintedVms: 1,
    },
    vms: [wireVm()],
    files: [wireFile()],
    errors: [],
    ...over,
  };
}

function read(document: unknown): Promise<ReadReport> {
  const text = typeof document === 'string' ? document : JSON.stringify(document);
  return readReport(text, { host: 'hv01', readAt: 0, durationMs: 0 });
}

async function readOk(document: unknown): Promise<HostReading> {
  const result = await read(document);
  if (!result.ok) throw new Error(`${result.error.code} ${result.error.detail}`);
  return result.reading;
}

async function onlyVm(over: Json) {
  const { vms } = await readOk(wireReport({ vms: [wireVm(over)] }));
  const [vm] = vms;
  if (vm === undefined) throw new Error('no VM');
  return vm;
}

describe('a report as a whole', () => {
  it.each([
    ['nothing', '', 'JSON_INVALID'],
    ['half of it', JSON.stringify(wireReport()).slice(0, 500), 'JSON_INVALID'],
    ['another document', { hello: 1 }, 'JSON_INVALID'],
    ['a list', [], 'JSON_INVALID'],
    ['null', 'null', 'JSON_INVALID'],
    ['a newer schema', wireReport({ schema: 2 }), 'VERSION_UNKNOWN'],
    ['a schema in words', wireReport({ schema: 'one' }), 'VERSION_UNKNOWN'],
    ['no VMs and no reason', wireReport({ vms: null }), 'SCRIPT_FAILED'],
    ['no clock', wireReport({ host: { name: 'HV01' } }), 'JSON_INVALID'],
    ['VMs that are no list', wireReport({ vms: {} }), 'JSON_INVALID'],
    ['no VMs and a reason', wireReport({ vms: null, errors: [{ code: 'VMMS_STOPPED' }] }), 'VMMS_STOPPED'],
    [
      'an empty list and a reason',
      wireReport({ vms: [], errors: [{ code: 'EMPTY_BUT_HINTED' }] }),
      'EMPTY_BUT_HINTED',
    ],
  ])('fails for %s', async (_what, document, code) => {
    expect(await read(document)).toMatchObject({ ok: false, error: { code } });
  });

  it('ignores what it does not know', async () => {
    const document = wireReport({
      jobs: [{}],
      volumes: 'later',
      extra: 1,
      vms: [wireVm({ extra: { deep: [] } })],
    });
    expect(await readOk(document)).toMatchObject({ errors: [], vms: [{ name: 'web01', errors: [] }] });
  });

  it('keeps an error whose code it does not know', async () => {
    const { errors } = await readOk(
      wireReport({ errors: [{ code: 'NEW_TROUBLE', detail: 'a\u001b[31mb\nc' }] }),
    );
    expect(errors).toEqual([{ code: 'SCRIPT_FAILED', detail: 'NEW_TROUBLE: ab c', target: null }]);
  });

  it('notices that VMs are missing which the script had seen', async () => {
    const host = { ...Object(wireReport().host), visibleVms: 3 };
    const { errors } = await readOk(wireReport({ host }));
    expect(errors).toMatchObject([
      { code: 'ENUMERATION_FAILED', detail: '2 of 3 VMs are not in the report' },
    ]);
  });

  it('takes a fact that is not known for no reason why VMs should be missing', async () => {
    const host = { ...Object(wireReport().host), visibleVms: 3 };
    const errors = [{ code: 'FACT_FAILED', target: 'Msvm_KvpExchangeComponent' }];
    const reading = await readOk(wireReport({ host, errors }));
    expect(reading.errors.map(({ code }) => code)).toEqual(['FACT_FAILED', 'ENUMERATION_FAILED']);
    const empty = { ...host, visibleVms: 0 };
    expect(await readOk(wireReport({ host: empty, vms: [], errors }))).toMatchObject({
      vms: [],
      errors: [{ code: 'FACT_FAILED' }],
    });
  });

  it('never throws and never invents a size, whatever the document', async () => {
    await fc.assert(
      fc.asyncProperty(fc.jsonValue(), fc.jsonValue(), async (vms, files) => {
        const result = await read(wireReport({ vms: [vms], files: [files] }));
        if (result.ok) for (const { fileBytes } of result.reading.files) expect(fileBytes).not.toBe(0);
      }),
    );
  });
});

describe('a bad record', () => {
  it('is left out and told, and the rest is used', async () => {
    const vms = [
      wireVm(),
      wireVm({ id: 'x' }),
      wireVm({ id: guid(2), op: 'ok' }),
      wireVm({ id: guid(3) }),
      null,
    ];
    const reading = await readOk(wireReport({ vms }));
    expect(reading.vms.map(({ id }) => id)).toEqual([guid(1), guid(3)]);
    expect(reading.errors.map(({ code, detail }) => `${code} ${detail}`)).toEqual([
      'RECORD_INVALID vms[1].id: expected a lower-case GUID',
      expect.stringMatching(/^RECORD_INVALID vms\[2\]\.op: /),
      expect.stringMatching(/^RECORD_INVALID vms\[4\]: /),
    ]);
  });

  it('among checkpoints costs only itself, and makes the layers of that VM unknown', async () => {
    const checkpoints = [wireCheckpoint(), wireCheckpoint({ id: guid(101), createdAt: '03/04/2026' })];
    const vm = await onlyVm({ checkpoints });
    expect(vm.checkpoints?.map(({ id, disks }) => [id, disks])).toEqual([[guid(100), null]]);
    expect(vm.errors).toMatchObject([
      { code: 'RECORD_INVALID', detail: 'checkpoints[1].createdAt: expected a UTC time' },
    ]);
  });

  it('among disks makes the list unknown, for a sum without one disk would be too small', async () => {
    const vm = await onlyVm({ disks: [wireDisk(), wireDisk({ slot: 'nowhere' })] });
    expect(vm.disks).toBeNull();
    expect(vm.errors).toMatchObject([{ code: 'RECORD_INVALID' }]);
  });

  it.each(['vhd', 'vhdset'])('among disks is also a %s without the path of its file', async (kind) => {
    for (const path of [null, '']) {
      const vm = await onlyVm({ disks: [wireDisk(), wireDisk({ slot: 'SCSI:0:1', kind, path })] });
      expect(vm.disks).toBeNull();
      expect(vm.errors).toMatchObject([
        { code: 'RECORD_INVALID', detail: 'disks[1].path: expected the path of the file' },
      ]);
    }
    const others = ['passthrough', 'empty'].map((other) => wireDisk({ kind: other, path: null }));
    expect((await onlyVm({ disks: others })).disks).toHaveLength(2);
  });

  it('among files becomes a file of which nothing is known', async () => {
    const files = [
      wireFile({ fileBytes: -1 }),
      wireFile({ path: 7 }),
      wireFile({ path: 'C:\\b.vhdx', fileBytes: 2 ** 60 }),
    ];
    const reading = await readOk(wireReport({ files }));
    expect(reading.files).toMatchObject([
      { path: 'C:\\a.vhdx', fileBytes: null, parent: { known: false }, error: { code: 'RECORD_INVALID' } },
      { path: 'C:\\b.vhdx', fileBytes: null, parent: { known: false }, error: { code: 'RECORD_INVALID' } },
    ]);
    expect(reading.errors).toMatchObject([
      { code: 'RECORD_INVALID', detail: expect.stringContaining('files[1].path') },
    ]);
  });

  it('is counted instead of told when there are many', async () => {
    const reading = await readOk(
      wireReport({ vms: [wireVm(), ...Array.from({ length: 1000 }, () => ({}))] }),
    );
    expect(reading.errors.length).toBe(21);
    expect(reading.errors.at(-1)?.detail).toBe('and 980 more records');
  });

  it('is one that comes twice', async () => {
    const checkpoints = [wireCheckpoint(), wireCheckpoint({ name: 'again' })];
    const reading = await readOk(wireReport({ vms: [wireVm({ checkpoints }), wireVm({ name: 'again' })] }));
    expect(reading.vms.map(({ name }) => name)).toEqual(['web01']);
    expect(reading.vms[0]?.checkpoints?.map(({ name }) => name)).toEqual(['before']);
    expect(reading.vms[0]?.errors).toMatchObject([{ code: 'RECORD_INVALID', target: guid(100) }]);
    expect(reading.errors).toMatchObject([{ code: 'RECORD_INVALID', target: guid(1) }]);
  });
});

describe('the state of a VM', () => {
  it('that is missing is told, by the script or here', async () => {
    const missing = { code: 'PROP_READ_FAILED', target: 'State' };
    expect(await onlyVm({ state: null })).toMatchObject({ state: { name: 'Unknown' }, errors: [missing] });
    expect((await onlyVm({ state: null, errors: [missing] })).errors).toHaveLength(1);
  });
});

describe('a checkpoint', () => {
  it.each([
    [{ c: 0, n: 'Standard' }, false, 'user'],
    [{ c: 0, n: 'Standard' }, null, 'user'],
    [{ c: 0, n: 'Standard' }, true, 'automatic'],
    [{ c: 1, n: 'Recovery' }, true, 'backup'],
    [{ c: 2, n: 'Planned' }, false, 'planned'],
    [{ c: 5, n: 'Missing' }, false, 'missing'],
    [{ c: 6, n: 'Replica' }, false, 'replica'],
    [{ c: 7, n: 'AppConsistentReplica' }, false, 'replica'],
    [{ c: 8, n: 'SyncedReplica' }, false, 'replica'],
    [{ c: 3, n: 'RealizedVirtualMachine' }, false, 'unknown'],
    [{ c: 99, n: '99' }, true, 'unknown'],
    [null, true, 'unknown'],
  ])('of type %j, automatic %s, is %s', async (type, auto, kind) => {
    const vm = await onlyVm({ checkpoints: [wireCheckpoint({ type, auto })] });
    expect(vm.checkpoints?.[0]?.kind).toBe(kind);
    expect(vm.errors.map(({ code }) => code)).toEqual(
      kind !== 'unknown' ? [] : [type === null ? 'PROP_READ_FAILED' : 'TYPE_UNKNOWN'],
    );
  });

  it('from the future is told, unless the clocks differ only a little', async () => {
    const at = (createdAt: string) => onlyVm({ checkpoints: [wireCheckpoint({ createdAt })] });
    expect((await at('2026-03-02T09:05:00.000Z')).errors).toEqual([]);
    expect((await at('2026-03-02T09:05:00.001Z')).errors).toMatchObject([
      { code: 'TIME_IN_FUTURE', target: 'before' },
    ]);
  });

  it('from before there was Hyper-V has no known time', async () => {
    const vm = await onlyVm({ checkpoints: [wireCheckpoint({ createdAt: '1601-01-01T00:00:00.000Z' })] });
    expect(vm.checkpoints?.[0]?.createdAt).toBeNull();
    expect(vm.errors).toMatchObject([{ code: 'PROP_READ_FAILED' }]);
  });

  it('of no known time is told, by the script or here', async () => {
    const checkpoints = [wireCheckpoint({ createdAt: null })];
    expect((await onlyVm({ checkpoints })).errors).toMatchObject([
      { code: 'PROP_READ_FAILED', target: 'before' },
    ]);
    const errors = [{ code: 'PROP_READ_FAILED', target: 'CreationTime' }];
    expect((await onlyVm({ checkpoints, errors })).errors).toHaveLength(1);
    // What else could not be read explains nothing.
    const others = [{ code: 'PROP_READ_FAILED', target: 'Notes' }];
    expect((await onlyVm({ checkpoints, errors: others })).errors).toHaveLength(2);
  });

  it.each([
    ['another checkpoint', { checkpoints: [wireCheckpoint({ parentId: guid(999) })] }],
    ['the running state', { parentCheckpointId: guid(999) }],
    ['the running state of a VM with an empty list', { parentCheckpointId: guid(999), checkpoints: [] }],
  ])('that only %s tells of is missed', async (_what, over) => {
    const missed = { code: 'SNAPSHOT_ENUM_FAILED', target: guid(999) };
    expect((await onlyVm(over)).errors).toMatchObject([missed]);
    const errors = [{ code: 'SNAPSHOT_ENUM_FAILED', target: guid(999) }];
    expect((await onlyVm({ ...over, errors })).errors).toMatchObject([missed]);
  });

  it('has unknown system bytes where the host says 0', async () => {
    const vm = await onlyVm({ checkpoints: [wireCheckpoint({ systemBytes: 0 })] });
    expect(vm.checkpoints?.[0]?.systemBytes).toBeNull();
  });

  it.each([
    ['its parent could not be read', { checkpoints: [wireCheckpoint({ parentUnknown: true })] }],
    ['the parent of the running state could not be read', { parentCheckpointId: null, parentUnknown: true }],
    ['its parent is not listed', { checkpoints: [wireCheckpoint({ parentId: guid(999) })] }],
    ['the running state descends from one that is not listed', { parentCheckpointId: guid(999) }],
    ['another may be missing', { errors: [{ code: 'SNAPSHOT_ENUM_FAILED' }] }],
  ])('references nothing known when %s', async (_what, over) => {
    const vm = await onlyVm(over);
    expect(vm.checkpoints).toMatchObject([{ name: 'before', disks: null }]);
  });

  it('references its disks otherwise', async () => {
    expect(await onlyVm({})).toMatchObject({
      checkpoints: [{ disks: [{ slot: 'SCSI:0:0', path: 'C:\\a.vhdx' }] }],
    });
  });
});

describe('text from the host', () => {
  it('is bounded', async () => {
    const long = 'x'.repeat(100_000);
    const checkpoints = [wireCheckpoint({ name: long, notes: long })];
    const vm = await onlyVm({
      name: long,
      notes: long,
      checkpoints,
      errors: [{ code: 'VM_GONE', detail: long }],
    });
    const lengths = [
      vm.name,
      vm.notes,
      vm.checkpoints?.[0]?.name,
      vm.checkpoints?.[0]?.notes,
      vm.errors[0]?.detail,
    ];
    expect(lengths.map((text) => text?.length)).toEqual([1024, 4097, 1024, 4097, 500]);
  });

  it('stays what it is in names, also where it is no well-formed text', async () => {
    const name = 'a\ud800"\\\n\u0000\u202e\u001b[31m|,<>&$(x)\ud83d\ude00';
    expect((await onlyVm({ name })).name).toBe(name);
  });
});

describe('the word of a guest', () => {
  it.each([
    [{ guest: { productType: 1 } }, 1],
    [{ guest: { productType: 2 } }, 2],
    [{ guest: { productType: 3 } }, 3],
    [{ guest: { productType: 0 } }, null],
    [{ guest: { productType: 4 } }, null],
    [{ guest: { productType: 2.5 } }, null],
    [{ guest: { productType: '2' } }, null],
    [{ guest: 'a controller' }, null],
    [{ guest: null }, null],
    // As the first scripts wrote it.
    [{}, null],
  ])('in %j says product type %j', async (over, expected) => {
    expect(await onlyVm(over)).toMatchObject({ guestProductType: expected, errors: [] });
  });
});

function wireVolume(over: Json = {}): Json {
  const known = { fileSystem: 'NTFS', totalBytes: 100, freeBytes: 40, error: null };
  return { root: 'C:\\', volumePath: null, ...known, ...over };
}

describe('volumes', () => {
  const unknown = { fileSystem: null, totalBytes: null, freeBytes: null };

  it.each([
    ['a volume', wireVolume(), { fileSystem: 'NTFS', totalBytes: 100, freeBytes: 40, error: null }],
    ['a full one', wireVolume({ freeBytes: 0 }), { totalBytes: 100, freeBytes: 0 }],
    ['a share', wireVolume({ root: '\\\\s\\v\\', ...unknown }), { ...unknown, error: null }],
    ['one of no size', wireVolume({ totalBytes: 0, freeBytes: 0 }), { totalBytes: null, freeBytes: null }],
    ['one of no file system', wireVolume({ fileSystem: '' }), { fileSystem: null }],
    ['a root without an end', wireVolume({ root: 'C:' }), { root: 'C:\\' }],
    [
      'one that could not be asked',
      wireVolume({ ...unknown, error: { code: 'VOLUME_FAILED', detail: 'x', target: 'C:\\' } }),
      { ...unknown, error: { code: 'VOLUME_FAILED', detail: 'x', target: 'C:\\' } },
    ],
    [
      'a bad record',
      wireVolume({ totalBytes: -1 }),
      { root: 'C:\\', ...unknown, error: { code: 'RECORD_INVALID', target: 'C:\\' } },
    ],
  ])('%s', async (_what, record, expected) => {
    expect(await readOk(wireReport({ volumes: [record] }))).toMatchObject({
      volumes: [expected],
      errors: [],
    });
  });

  it('are each listed once; a record without a root is left out, and makes no reading incomplete', async () => {
    const volumes = [
      wireVolume(),
      wireVolume({ root: 'c:\\', freeBytes: 1 }),
      {},
      null,
      wireVolume({ root: '' }),
    ];
    const reading = await readOk(wireReport({ volumes }));
    expect(reading.volumes).toMatchObject([{ root: 'C:\\', freeBytes: 40 }]);
    expect(reading.errors).toEqual([]);
  });

  it('are none in a report from before they were read', async () => {
    expect((await readOk(wireReport())).volumes).toEqual([]);
  });

  it('are one where Windows says so, and every path on it is one by its folder', async () => {
    const volumePath = '\\\\?\\Volume{68cdcf70-2300-4107-a55a-0a12fcd47263}\\';
    const elsewhere = volumePath.replace('68', '69');
    const disks = [
      `${volumePath}a.vhdx`,
      'D:\\b.vhdx',
      `${volumePath.toUpperCase()}set.vhds`,
      `${elsewhere}c.vhdx`,
    ];
    const reading = await readOk(
      wireReport({
        vms: [wireVm({ disks: disks.map((path) => wireDisk({ path })) })],
        files: disks.map((path, index) => wireFile({ path, fileBytes: index })),
        volumes: [
          wireVolume({ root: volumePath, volumePath }),
          wireVolume({ root: elsewhere, volumePath: elsewhere }),
          wireVolume({ root: 'D:\\', volumePath }),
          wireVolume({ root: 'E:\\', volumePath }),
        ],
      }),
    );
    const expected = ['D:\\a.vhdx', 'D:\\b.vhdx', 'D:\\set.vhds', `${elsewhere}c.vhdx`];
    expect(reading.vms[0]?.disks?.map(({ path }) => path)).toEqual(expected);
    expect(reading.files.map(({ path }) => path)).toEqual(expected);
    expect(reading.volumes.map(({ root }) => root)).toEqual([elsewhere, 'D:\\', 'E:\\']);
  });
});

it('counts a file once that is named by the GUID of its volume in one place and by its folder in another', async () => {
  const volume = '\\\\?\\Volume{68cdcf70-2300-4107-a55a-0a12fcd47263}\\';
  const name = (n: number) => `VMs\\a_${guid(n).toUpperCase()}.avhdx`;
  const child = { type: 4, parent: `${volume}${name(1)}` };
  const first = { type: 4, parent: `${volume}VMs\\a.vhdx` };
  const checkpoints = [
    wireCheckpoint({ disks: [wireDisk({ path: 'D:\\VMs\\a.vhdx' })] }),
    wireCheckpoint({ id: guid(101), parentId: guid(100), disks: [wireDisk({ path: `D:\\${name(1)}` })] }),
  ];
  const vm = wireVm({
    parentCheckpointId: guid(101),
    checkpoints,
    disks: [wireDisk({ path: `D:\\${name(2)}` })],
  });
  const files = [
    wireFile({ path: `D:\\${name(2)}`, fileBytes: 7, ...child }),
    wireFile({ path: `${volume}${name(1)}`, fileBytes: 5, ...first }),
    wireFile({ path: `${volume}VMs\\a.vhdx` }),
    wireFile({ path: `D:\\${name(1)}`, fileBytes: 5, ...first }),
    wireFile({ path: 'D:\\VMs\\a.vhdx' }),
    wireFile({ path: 'E:\\VMs\\a.vhdx', fileBytes: 11 }),
  ];
  const reading = await readOk(wireReport({ vms: [vm], files }));
  const [seen] = attributeVms(reading);
  expect(seen?.chain.total).toEqual({ bytes: 12, atLeastBytes: 12 });
  expect([...(seen?.chain.checkpoints.values() ?? [])].map(({ layer }) => layer.bytes)).toEqual([5, 7]);
  expect(reading.files).toHaveLength(4);
});

describe('a file', () => {
  const parentOf = async (over: Json) =>
    (await readOk(wireReport({ files: [wireFile(over)] }))).files[0]?.parent;

  it.each([
    ['a base disk', { type: 3, parent: null }, { known: true, path: null }],
    ['a base disk of a newer build', { type: 3, parent: '' }, { known: true, path: null }],
    ['a differencing disk', { type: 4, parent: 'C:\\p.vhdx' }, { known: true, path: 'C:\\p.vhdx' }],
    ['a differencing disk without a parent', { type: 4, parent: null }, { known: false, path: null }],
    ['a disk of no known type', { type: 0, parent: null }, { known: false, path: null }],
    ['a disk that was only looked up', { via: 'stat', type: null }, { known: false, path: null }],
  ])('knows the parent of %s', async (_what, over, parent) => {
    expect(await parentOf(over)).toEqual(parent);
  });

  it('of no length is one of unknown length: a virtual disk is never empty', async () => {
    const files = [
      wireFile({ fileBytes: 0 }),
      wireFile({ path: 'C:\\b.vhdx', fileBytes: 0, error: { code: 'VHD_IN_USE' } }),
    ];
    expect((await readOk(wireReport({ files }))).files).toMatchObject([
      {
        fileBytes: null,
        error: { code: 'STAT_FAILED', detail: expect.stringContaining('length is said to be 0') },
      },
      { fileBytes: null, error: { code: 'VHD_IN_USE' } },
    ]);
  });

  it('is one file however its path is spelt', async () => {
    const files = [wireFile({ path: 'C:\\A.vhdx' }), wireFile({ path: '\\\\?\\c:/a.VHDX', fileBytes: 99 })];
    expect((await readOk(wireReport({ files }))).files).toMatchObject([
      { path: 'C:\\A.vhdx', fileBytes: 10 },
    ]);
  });
});
