import { readFileSync } from 'node:fs';
import { describe, expect, it, test } from 'vitest';
import { createPowerShellCollector } from '../../src/collector/collector.ts';
import { createNodePowerShell } from '../../src/collector/node-powershell.ts';
import type { Checkpoint, Disk, Vm } from '../../src/core/model.ts';
import { MIB } from '../../src/core/units.ts';
import { generateScenario } from '../hyperv/generate.ts';
import type { Scenario } from '../hyperv/scenario.ts';
import { readScenario } from '../hyperv/stand-in.ts';
import { makeRecording, recordedScenarios, recordingPath, toText } from './recording.ts';
import { MACHINE, makeExecutables, PWSH } from './shells.ts';
import { createSpawnRunner } from './spawn-runner.ts';
import { prepareStandInShell } from './stand-in-shell.ts';

const clock = { now: () => Date.now(), monotonicMs: () => performance.now() };

async function collect(source: string | Scenario, timeoutMs = 60_000, createRunner = createNodePowerShell) {
  const shell = await prepareStandInShell(source);
  try {
    const config = { powershell: shell, timeoutMs, maxReportBytes: 64 * MIB };
    const collector = createPowerShellCollector({ clock, runner: createRunner(shell, MACHINE), config });
    const report = await collector.collect('hv01', new AbortController().signal);
    return { report, counters: await shell.standIn.readCounters(), calls: await shell.standIn.readCalls() };
  } finally {
    await shell.dispose();
  }
}

describe.skipIf(PWSH === null)('the script in a real PowerShell', () => {
  test.concurrent.each(recordedScenarios())(
    'says of %s what was recorded',
    { timeout: 60_000 },
    async (name) => {
      expect(toText(await makeRecording(name))).toBe(readFileSync(recordingPath(name), 'utf8'));
    },
  );

  it('says the same through plain child_process', async () => {
    const [one, other] = [
      await collect('small-office'),
      await collect('small-office', 60_000, createSpawnRunner),
    ];
    const facts = ({ report }: typeof one) =>
      report.status === 'read' && [report.vms, report.files, report.errors];
    expect(facts(other)).toEqual(facts(one));
    expect(facts(one)).not.toBe(false);
  });

  it('is told apart where the language is constrained: nothing hangs, and that is what is said', async () => {
    const constrain = `'$ExecutionContext.SessionState.LanguageMode = "ConstrainedLanguage"'`;
    const made = await makeExecutables({ pwsh: `#!/bin/sh\n{ echo ${constrain}; cat; } | "${PWSH}" "$@"\n` });
    const wanted = { executable: made.path('pwsh'), modulePath: null };
    const config = { powershell: wanted, timeoutMs: 20_000, maxReportBytes: MIB };
    const collector = createPowerShellCollector({
      clock,
      runner: createNodePowerShell(wanted, MACHINE),
      config,
    });
    const report = await collector.collect('hv01', new AbortController().signal);
    await made.dispose();
    expect(report).toMatchObject({ status: 'failed', error: { code: 'CONSTRAINED_LANGUAGE' } });
  });

  it('is ended when Get-VM never returns', async () => {
    const { report } = await collect('get-vm-hangs', 4000);
    expect(report).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  });

  it('opens no disk of a VM that is busy', async () => {
    const { calls } = await collect('merging');
    expect(calls.map(({ cmdlet }) => cmdlet)).not.toContain('Get-VHD');
    expect(calls.map(({ cmdlet }) => cmdlet)).toContain('Get-Item');
  });

  it('opens no disk of a VM that does not say again whether it is busy', async () => {
    const scenario = readScenario('one-vm');
    const fault = { at: 'VirtualMachine.OperationalStatus', vm: scenario.vms[0]?.id ?? null, after: 1 };
    const { report, calls } = await collect({ ...scenario, faults: [fault] });
    expect(report).toMatchObject({
      vms: [{ errors: [{ code: 'PROP_READ_FAILED', target: 'OperationalStatus' }] }],
    });
    expect(calls.map(({ cmdlet }) => cmdlet)).not.toContain('Get-VHD');
  });

  it('leaves the disk of a busy VM alone also where it is on the chain of another VM', async () => {
    const { report, calls } = await collect(sharedWithBusy());
    const opened = calls.filter(({ cmdlet }) => cmdlet === 'Get-VHD').flatMap(({ targets }) => targets);
    expect(opened).toEqual(['C:\\VMs\\child.avhdx']);
    expect(report).toMatchObject({
      vms: [{ errors: [{ code: 'BUSY_SKIPPED' }] }, { errors: [] }],
      files: [{ error: { code: 'BUSY_SKIPPED' } }, { error: null, parent: { known: true } }],
    });
  });

  it('loses nothing of a VM that the answer for all VMs leaves out', async () => {
    const scenario = readScenario('several-disks');
    const vm = scenario.vms.find(({ name }) => name === 'four01')?.id ?? null;
    const faults = ['Get-VMSnapshot', 'Get-VMHardDiskDrive'].map((at) => ({
      at,
      vm,
      effect: 'omit' as const,
    }));
    const [whole, partial] = [await collect('several-disks'), await collect({ ...scenario, faults })];
    const facts = ({ report }: typeof whole) =>
      report.status === 'read' && [report.vms.map(sorted), report.errors];
    expect(facts(partial)).toEqual(facts(whole));
    expect(facts(whole)).not.toBe(false);
  });

  it('takes a checkpoint without disks for one of unknown disks where the VM runs on layers', async () => {
    const scenario = readScenario('one-vm');
    const checkpoint = scenario.vms[0]?.checkpoints?.[0]?.id ?? null;
    expect(checkpoint).not.toBeNull();
    const fault = { at: 'Get-VMHardDiskDrive', checkpoint, effect: 'empty' as const };
    const { report } = await collect({ ...scenario, faults: [fault] });
    expect(report).toMatchObject({
      vms: [
        {
          checkpoints: [{ disks: null }],
          errors: [{ code: 'CHECKPOINT_DISKS_FAILED', detail: expect.stringContaining('no disk is named') }],
        },
      ],
    });
  });

  it.each([
    ['several-disks', 'HardDiskDrive.VMId', 'the third of four disks'],
    ['side-branches', 'VMSnapshot.VMId', 'a side branch'],
  ])('loses nothing of %s when the answer for all VMs breaks off at %s of %s', async (name, at) => {
    const scenario = readScenario(name);
    const fault =
      at === 'HardDiskDrive.VMId'
        ? { at, vm: scenario.vms.find((vm) => vm.name === 'four01')?.id ?? null, after: 2 }
        : { at, checkpoint: checkpointId(scenario, 'right leaf') };
    const [whole, broken] = [await collect(name), await collect({ ...scenario, faults: [fault] })];
    const facts = ({ report }: typeof whole) =>
      report.status === 'read' && [report.vms.map(sorted), report.errors];
    expect(facts(broken)).toEqual(facts(whole));
    expect(facts(whole)).not.toBe(false);
  });

  it('opens each file once, however many chains it is on', async () => {
    const { calls } = await collect('deep-chain');
    const opened = calls.filter(({ cmdlet }) => cmdlet === 'Get-VHD').flatMap(({ targets }) => targets);
    expect(opened.length).toBe(51);
    expect(new Set(opened).size).toBe(51);
  });

  it('stops opening disks when its time is up, and says which it left out', async () => {
    const { report } = await collect(
      { ...generateScenario({ vms: 15, suspectRatio: 1, seed: 1 }), delays: { 'Get-VHD': 700 } },
      20_000,
    );
    const codes = report.status === 'read' ? report.files.map(({ error }) => error?.code ?? 'ok') : [];
    expect(new Set(codes)).toEqual(new Set(['ok', 'BUDGET_EXCEEDED']));
  });

  it('asks for guests and volumes aside: whatever never answers costs nothing else', async () => {
    const scenario = readScenario('one-vm');
    const at = (cmdlet: string, path: string) => ({ at: cmdlet, effect: 'hang' as const, path });
    const faults = [at('Get-CimInstance', 'Msvm_KvpExchangeComponent'), at('Get-Volume', 'C:\\')];
    const { report } = await collect({ ...scenario, faults }, 12_000);
    expect(report).toMatchObject({
      status: 'read',
      vms: [{ name: 'web01', guestProductType: null, errors: [] }],
      files: [{ error: null }, { error: null }],
      volumes: [{ root: 'C:\\', totalBytes: null, freeBytes: null, error: { code: 'BUDGET_EXCEEDED' } }],
      errors: [{ code: 'FACT_FAILED', detail: 'no answer in time', target: 'Msvm_KvpExchangeComponent' }],
    });
  });

  it('asks neither when its time is up', async () => {
    const { report, counters } = await collect('one-vm', 60_000, (wanted, machine) => {
      const runner = createNodePowerShell(wanted, machine);
      return {
        ...runner,
        run: (request, signal) =>
          runner.run({ ...request, parameters: { ...request.parameters, budgetMs: 1 } }, signal),
      };
    });
    expect(report).toMatchObject({
      status: 'read',
      vms: [{ guestProductType: null }],
      volumes: [{ root: 'C:\\', totalBytes: null, error: { code: 'BUDGET_EXCEEDED' } }],
      errors: [{ code: 'FACT_FAILED', target: 'Msvm_KvpExchangeComponent' }],
    });
    expect(counters).not.toHaveProperty('Get-Volume');
  });

  it('asks once for all guests, and once for each volume', async () => {
    const { calls } = await collect('volumes');
    expect(calls.filter(({ targets }) => targets.includes('Msvm_KvpExchangeComponent'))).toHaveLength(1);
    expect(calls.filter(({ cmdlet }) => cmdlet === 'Get-Volume').flatMap(({ targets }) => targets)).toEqual([
      'D:\\',
      'C:\\ClusterStorage\\Gold Tier\\',
      'C:\\ClusterStorage\\Volume2\\',
      '\\\\?\\Volume{0f4e6b21-7c3d-4d18-8a95-6b7c8d9e0f1a}\\',
      '\\\\?\\Volume{5c7a1d9e-0b64-4f27-9a83-d1e2f3a4b5c6}\\',
      'E:\\',
      'F:\\',
      'C:\\',
    ]);
  });

  it('passes over what a guest says at length', async () => {
    const scenario = readScenario('one-vm');
    const item = (padding: number): string =>
      `<INSTANCE><PROPERTY NAME="Name"><VALUE>ProductType</VALUE></PROPERTY><PROPERTY NAME="Data"><VALUE>2</VALUE></PROPERTY><!--${'x'.repeat(padding)}--></INSTANCE>`;
    const guest = async (guestItems: readonly string[]) => {
      const vms = scenario.vms.map((vm) => ({ ...vm, guestItems: [...guestItems] }));
      const { report } = await collect({ ...scenario, vms });
      return report.status === 'read' && report.vms[0]?.guestProductType;
    };
    const junk = Array.from({ length: 100 }, () => 'ProductType');
    expect(await guest([...junk.slice(1), item(1000)])).toBe(2);
    expect(await guest([...junk, item(1000)])).toBe(null);
    expect(await guest([item(16_384)])).toBe(null);
  });

  it('makes as many calls for 1,000 VMs as for 100 with the same suspects', {
    timeout: 120_000,
  }, async () => {
    const large = generateScenario({ vms: 1000, suspectRatio: 0.01, seed: 1 });
    const small = { ...large, vms: withOrdinary(large.vms ?? [], 90) };
    const few = await collect(small);
    const many = await collect(large);
    expect(many.counters).toEqual(few.counters);
    expect(many.counters).toMatchObject({ 'Get-VM': 1, 'Get-VMSnapshot': 1 });
    expect(many.report.status === 'read' && [many.report.vms.length, many.report.errors]).toEqual([1000, []]);
    expect(few.report.status === 'read' && few.report.vms.length).toBe(100);
  });
});

function checkpointId(scenario: Scenario, name: string): string {
  const found = scenario.vms?.flatMap((vm) => vm.checkpoints ?? []).find((each) => each.name === name);
  if (found === undefined) throw new Error(`no checkpoint ${name}`);
  return found.id;
}

/** The order of disks and checkpoints means nothing. */
function sorted(vm: Vm): Vm {
  const bySlot = (a: Disk, b: Disk): number => (a.slot < b.slot ? -1 : 1);
  const byId = (a: Checkpoint, b: Checkpoint): number => (a.id < b.id ? -1 : 1);
  return {
    ...vm,
    disks: vm.disks?.toSorted(bySlot) ?? null,
    checkpoints: vm.checkpoints?.toSorted(byId) ?? null,
  };
}

type WrittenVms = NonNullable<Scenario['vms']>;

/** The VMs with checkpoints, and some of the others. */
function withOrdinary(vms: WrittenVms, count: number): WrittenVms {
  const isSuspect = (vm: WrittenVms[number]): boolean => (vm.checkpoints ?? []).length > 0;
  return [...vms.filter(isSuspect), ...vms.filter((vm) => !isSuspect(vm)).slice(0, count)];
}

/** One VM is backed up; the disk of the other is a child of its disk. */
function sharedWithBusy(): Scenario {
  const disk = (path: string) => [{ slot: 'SCSI:0:0', path }];
  return {
    title: 'A disk on the chains of two VMs, one of them busy',
    vms: [
      {
        id: '00000000-0000-4000-8000-000000000001',
        name: 'busy',
        operationalStatus: ['Ok', 'BackingUpVirtualMachine'],
        disks: disk('C:\\VMs\\base.vhdx'),
      },
      { id: '00000000-0000-4000-8000-000000000002', name: 'other', disks: disk('C:\\VMs\\child.avhdx') },
    ],
    files: [
      { path: 'C:\\VMs\\base.vhdx', sizeBytes: 4096, virtualBytes: 8192 },
      { path: 'C:\\VMs\\child.avhdx', type: 'Differencing', sizeBytes: 4096, parent: 'C:\\VMs\\base.vhdx' },
    ],
  };
}
