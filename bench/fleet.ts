import { createHash } from 'node:crypto';
import { REPORT_KIND, REPORT_SCHEMA } from '../src/collector/report-schema.ts';
import { DAY_MS, GIB, HOUR_MS, MIB, MINUTE_MS } from '../src/core/units.ts';

export const SCAN_EVERY_MS = 15 * MINUTE_MS;

/** When the first scan of the generated host takes place. */
export const FIRST_SCAN_AT = Date.UTC(2026, 10, 21, 8);

export interface Fleet {
  readonly vms: number;
  /** One VM in so many has checkpoints of up to ten days with layers of up to 60 GiB; the others' are young and small. */
  readonly oneForgottenIn: number;
}

/** 10,000 checkpoints: what one agent is to be good for. */
export const LARGE_FLEET: Fleet = { vms: 5000, oneForgottenIn: 4 };

/** The same number, all of them forgotten. */
export const FORGOTTEN_FLEET: Fleet = { vms: 5000, oneForgottenIn: 1 };

/**
 * The report of a host as the collector script would write it. Each VM has one disk under a chain of two checkpoints.
 * Between two scans the running layers grow.
 */
export function reportJson({ vms, oneForgottenIn }: Fleet, scan: number): string {
  const at = FIRST_SCAN_AT + scan * SCAN_EVERY_MS;
  const machines = Array.from({ length: vms }, (_, index) =>
    machine(index, index % oneForgottenIn === 0, scan),
  );
  return JSON.stringify({
    kind: REPORT_KIND,
    schema: REPORT_SCHEMA,
    scanId: guid('f', scan),
    startedAt: iso(at - 40_000),
    finishedAt: iso(at),
    collector: {
      ps: '5.1.20348.2849',
      edition: 'Desktop',
      languageMode: 'FullLanguage',
      module: '2.0.0.0',
      elevated: true,
      timings: { list: 9000, disks: 30_000 },
    },
    host: {
      name: 'HV01',
      fqdn: 'hv01.corp.example',
      osBuild: 20_348,
      utcNow: iso(at),
      tz: 'UTC',
      utcOffsetMin: 0,
      cluster: null,
      visibleVms: vms,
      hintedVms: vms,
    },
    vms: machines.map(({ vm }) => vm),
    files: machines.flatMap(({ files }) => files),
    volumes: Array.from({ length: 8 }, (_, index) => volumeRecord(index)),
    errors: [],
  });
}

interface Machine {
  readonly vm: object;
  readonly files: readonly object[];
}

function machine(index: number, isForgotten: boolean, scan: number): Machine {
  const name = `SRV-APP${String(index).padStart(5, '0')}`;
  const path = `C:\\ClusterStorage\\Volume${index % 8}\\${name}\\Virtual Hard Disks\\${name}`;
  const paths = [
    `${path}.vhdx`,
    `${path}_${guid('d', 2 * index)}.avhdx`,
    `${path}_${guid('d', 2 * index + 1)}.avhdx`,
  ];
  const ids = [guid('c', 2 * index), guid('c', 2 * index + 1)];
  const disks = (at: number): readonly object[] => [
    { slot: 'SCSI:0:0', kind: 'vhd', path: paths[at], shared: false },
  ];
  // A spread that looks like chance but is the same each time.
  const share = ((index * 7919) % 1000) / 1000;
  const createdAt = FIRST_SCAN_AT - 2 * HOUR_MS - share * (isForgotten ? 10 : 0.5) * DAY_MS;
  const layerBytes = Math.round(share * (isForgotten ? 60 : 2) * GIB) + scan * MIB;
  return {
    vm: {
      ...vmRecord(name, index),
      parentCheckpointId: ids[1],
      disks: disks(2),
      checkpoints: ids.map((id, i) => ({
        ...checkpointRecord(id, createdAt + i * HOUR_MS),
        name: `${name} - before update ${i + 1}`,
        parentId: ids[i - 1] ?? null,
        disks: disks(i),
      })),
    },
    files: paths.map((each, i) => fileRecord(each, paths[i - 1] ?? null, i === 0 ? 80 * GIB : layerBytes)),
  };
}

function checkpointRecord(id: string, createdAt: number): object {
  return {
    id,
    type: { c: 0, n: 'Standard' },
    createdAt: iso(createdAt),
    hasMemory: false,
    auto: false,
    notes: '',
    systemBytes: 4 * MIB,
  };
}

function fileRecord(path: string, parent: string | null, fileBytes: number): object {
  return {
    path,
    type: parent === null ? 3 : 4,
    fileBytes,
    virtualBytes: 127 * GIB,
    parent,
    lastWrite: iso(FIRST_SCAN_AT),
    via: 'get-vhd',
    error: null,
  };
}

function volumeRecord(index: number): object {
  return {
    root: `C:\\ClusterStorage\\Volume${index}\\`,
    volumePath: `\\\\?\\Volume{${guid('e', index)}}\\`,
    fileSystem: 'CSVFS',
    totalBytes: 128 * 1024 * GIB,
    freeBytes: 32 * 1024 * GIB,
    error: null,
  };
}

function vmRecord(name: string, index: number): object {
  return {
    id: guid('a', index),
    name,
    state: { c: 2, n: 'Running' },
    op: [2],
    checkpointType: 3,
    autoCheckpoints: false,
    generation: 2,
    isClustered: true,
    replicationMode: 0,
    notes: '',
    guest: { productType: 3 },
    errors: [],
  };
}

/** A GUID of its own for each kind and number, no easier to compress than a real one. */
function guid(kind: string, index: number): string {
  const hex = createHash('md5').update(`${kind}${index}`).digest('hex');
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
