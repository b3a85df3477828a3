import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { createAliases } from '../../src/collector/aliases.ts';
import { anonymise } from '../../src/collector/anonymise.ts';
import { readReport } from '../../src/collector/report.ts';
import { type HostReport, pathKey, volumeOf } from '../../src/core/model.ts';
import { readScenario } from '../hyperv/stand-in.ts';
import { recordedScenarios, recordingPath } from './recording.ts';

const GUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

function wire(scenario: string): unknown {
  return JSON.parse(readFileSync(recordingPath(scenario), 'utf8'));
}

/** Names that do not occur in any report by chance. */
function telling(text: string): boolean {
  return text.length >= 4 && !/^(vms|disk|true|null|name|path|host|base|test|data|shared)$/i.test(text);
}

async function reading(document: unknown): Promise<HostReport> {
  const read = await readReport(JSON.stringify(document), { host: 'h', readAt: 0, durationMs: 0 });
  return read.ok
    ? read.reading
    : { status: 'failed', host: 'h', failedAt: 0, durationMs: 0, error: read.error };
}

/** What must stay the same: sizes, times, kinds, errors, and which thing is which. */
function shapeOf(report: HostReport): unknown {
  if (report.status === 'failed') return report.error.code;
  const numbers = new Map<string, number>();
  const number = (text: string | null): number | null => {
    if (text === null) return null;
    numbers.set(text, numbers.get(text) ?? numbers.size);
    return numbers.get(text) ?? -1;
  };
  const path = (text: string | null): unknown =>
    text === null ? null : [number(pathKey(text)), /\.\w+$/.exec(text)?.[0].toLowerCase()];
  const disks = (list: readonly { readonly slot: string; readonly path: string | null }[] | null): unknown =>
    list?.map((disk) => [disk.slot, path(disk.path)]) ?? null;
  return {
    errors: report.errors.map(({ code }) => code),
    vms: report.vms.map((vm) => [
      number(vm.id),
      vm.state,
      vm.guestProductType,
      vm.operationalStatus,
      number(vm.parentCheckpointId),
      disks(vm.disks),
      vm.errors.map(({ code }) => code),
      vm.checkpoints?.map((each) => [
        number(each.id),
        number(each.parentId),
        each.kind,
        each.createdAt,
        each.systemBytes,
        disks(each.disks),
      ]),
    ]),
    files: report.files.map((file) => [
      path(file.path),
      path(file.parent.path),
      file.parent.known,
      file.fileBytes,
      file.type,
      file.error?.code,
      report.volumes.findIndex(({ root }) => root === volumeOf(file.path, report.volumes)?.root),
    ]),
    volumes: report.volumes.map(({ root, error, ...rest }) => [
      number(pathKey(root)),
      /^[A-Z]:\\(ClusterStorage\\)?|^\\\\\?\\|^\\\\/i.exec(root)?.[0].toLowerCase(),
      rest,
      error?.code,
    ]),
  };
}

test.each(recordedScenarios())('%s: a report without names says the same', async (scenario) => {
  const original = wire(scenario);
  expect(shapeOf(await reading(anonymise(original)))).toEqual(shapeOf(await reading(original)));
});

test.each(recordedScenarios())('%s: no name, note, path or GUID is left', (scenario) => {
  const { host, vms, files } = readScenario(scenario);
  const secrets = [
    host.name,
    host.domain,
    host.cluster?.name ?? '',
    ...vms.flatMap((vm) => [
      vm.name,
      vm.notes,
      ...vm.checkpoints.flatMap(({ name, notes }) => [name, notes]),
    ]),
    ...files.flatMap(({ path }) => path.split(/[\\/]/).map((part) => part.replace(/\.\w+$/, ''))),
  ];
  const common =
    /^(ClusterStorage|Volume\d*|VMs|Hyper-V|Virtual Hard Disks|Users|Public|Documents|Snapshots)$/i;
  const text = JSON.stringify(anonymise(wire(scenario)));
  for (const secret of secrets.filter((each) => telling(each) && !common.test(each))) {
    expect(text, secret).not.toContain(JSON.stringify(secret).slice(1, -1));
  }
  const guids = new Set(
    JSON.stringify(wire(scenario))
      .match(GUID)
      ?.map((each) => each.toLowerCase()),
  );
  for (const guid of text.match(GUID) ?? []) {
    if (!guid.startsWith('00000000-')) expect(guids).not.toContain(guid.toLowerCase());
  }
});

describe('stand-ins for paths', () => {
  it('keep drives, depth, extensions, the mark of a checkpoint and what many have', () => {
    const { path } = createAliases();
    const guid = '7A1F0C52-98E4-4D3B-A6D7-0E5B8C2F9A10';
    expect(path('C:\\ClusterStorage\\Volume1\\Payroll\\SQL01.vhdx')).toBe(
      'C:\\ClusterStorage\\Volume1\\folder-1\\disk-1.vhdx',
    );
    expect(path(`C:\\ClusterStorage\\Volume1\\payroll\\sql01_${guid}.avhdx`)).toBe(
      'C:\\ClusterStorage\\Volume1\\folder-1\\disk-1_00000000-0000-4000-8000-000000000001.avhdx',
    );
    expect(path('\\\\server\\share$\\SQL01-AutoRecovery.avhdx')).toBe(
      '\\\\folder-2\\folder-3\\disk-1-AutoRecovery.avhdx',
    );
    expect(path(`\\\\?\\Volume{${guid}}\\x.vhds`)).toBe(
      '\\\\?\\Volume{00000000-0000-4000-8000-000000000001}\\disk-2.vhds',
    );
  });

  it('are the same for what Windows takes for the same, and differ otherwise', () => {
    const part = fc.stringMatching(/^[A-Za-z0-9 _.$-]{1,12}$/);
    const anyPath = fc.array(part, { minLength: 1, maxLength: 4 }).map((parts) => `C:\\${parts.join('\\')}`);
    fc.assert(
      fc.property(anyPath, anyPath, (one, other) => {
        const { path } = createAliases();
        expect(path(one) === path(other)).toBe(one === other || pathKey(path(one)) === pathKey(path(other)));
        expect(pathKey(path(one)) === pathKey(path(other))).toBe(pathKey(one) === pathKey(other));
        expect(path(one.toUpperCase())).toBe(path(one.toUpperCase()));
      }),
    );
  });
});

describe('what is not known to be harmless', () => {
  it('is replaced: unknown fields, messages and what they are about', () => {
    const report = {
      owner: 'J. Doe',
      vms: [
        {
          name: 'SQL01',
          errors: [{ code: 'X', detail: 'SQL01 ist weg (0x80070005) [AccessDenied,A.B]', target: 'SQL01' }],
        },
      ],
      errors: [{ code: 'Y', detail: 'J. Doe', target: 'J. Doe' }],
    };
    expect(anonymise(report)).toEqual({
      owner: 'text-1',
      vms: [
        {
          name: 'vm-1',
          errors: [
            { code: 'X', detail: '(message left out) (0x80070005) [AccessDenied,A.B]', target: 'vm-1' },
          ],
        },
      ],
      errors: [{ code: 'Y', detail: '(message left out)', target: 'text-1' }],
    });
  });
});
