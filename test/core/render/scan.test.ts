import { describe, expect, it } from 'vitest';
import { demoPolicyText } from '../../../src/cli/demo-policy.ts';
import { createDemoCollector, DEMO_HOSTS } from '../../../src/collector/demo/demo-collector.ts';
import { FLEET } from '../../../src/collector/demo/fleet.ts';
import { attributeVms, fileIndex, foldReport, inventoryOf, unreadHost } from '../../../src/core/fold.ts';
import { scanCsv } from '../../../src/core/render/scan/csv.ts';
import { scanJson } from '../../../src/core/render/scan/json.ts';
import { scanRows } from '../../../src/core/render/scan/rows.ts';
import { scanTable } from '../../../src/core/render/scan/table.ts';
import { scanTrees } from '../../../src/core/render/scan/trees.ts';
import { vmTree } from '../../../src/core/render/scan/vm-tree.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../../src/core/units.ts';
import { type AgentView, vmRows } from '../../../src/core/view.ts';
import { finding, type HostSpec, host, NOW, type VmSpec, view } from '../../builders.ts';
import { findingsIn, policyOf, viewAt } from '../../policy.ts';

const plain = (_: unknown, text: string): string => text;
const DEMO_POLICY = policyOf(demoPolicyText(NOW), NOW);

/** The demo's fleet with its policy, read some hours after its beginning. */
async function fleetAfter(hours: number): Promise<AgentView> {
  const now = NOW + hours * HOUR_MS;
  const collector = createDemoCollector({ now: () => now, monotonicMs: () => 0 }, NOW);
  const hosts = await Promise.all(
    DEMO_HOSTS.map(async (name) => {
      const report = await collector.collect(name, new AbortController().signal);
      return foldReport(unreadHost(name), report, report.status === 'read' ? attributeVms(report) : []);
    }),
  );
  const inventory = inventoryOf(hosts, now);
  return viewAt(inventory, now, DEMO_POLICY);
}

function treeOf(shown: AgentView, name: string): string {
  const row = vmRows(shown).find(({ vm }) => vm.name === name);
  if (row?.host.reading == null) throw new Error(`no VM ${name}`);
  return vmTree(row, fileIndex(row.host.reading), shown.now);
}

const judged = (...vms: readonly VmSpec[]): AgentView => {
  const shown = view([{ vms }]);
  return { ...shown, findings: findingsIn(shown.inventory, NOW) };
};

const judgedHosts = (...hosts: readonly HostSpec[]): AgentView => {
  const shown = view(hosts);
  return { ...shown, findings: findingsIn(shown.inventory, NOW) };
};

describe('scan', () => {
  it('shows the worst first, layers, and that everything was looked at', async () => {
    await expect(scanTable(await fleetAfter(1), plain)).toMatchFileSnapshot('scan/fleet.txt');
  });

  it('says which host was not read and what that leaves out', async () => {
    await expect(scanTable(await fleetAfter(50), plain)).toMatchFileSnapshot('scan/host-not-read.txt');
  });

  it('says what could not be measured and what was not read', async () => {
    const shown = judged(
      { name: 'APP11', checkpoints: [{ name: 'before release', layerBytes: null }] },
      { name: 'APP12', checkpoints: null, disks: null },
    );
    await expect(scanTable(shown, plain)).toMatchFileSnapshot('scan/not-measured.txt');
  });

  it('keeps hostile names on one line', async () => {
    const name = `a\nb\u001b[31m\u202e"$(calc)"|${'x'.repeat(300)}`;
    const shown = judged({ name, checkpoints: [{ name: `${name}\r\n`, ageMs: 9 * 24 * HOUR_MS }] });
    await expect(scanTable(shown, plain)).toMatchFileSnapshot('scan/hostile.txt');
  });

  it('says that nothing was found only together with what was looked at', () => {
    const shown = { ...view([]), inventory: { at: NOW, hosts: [host({ host: 'hv09', unread: true })] } };
    const text = scanTable(shown, plain);
    expect(text).toContain('hv09  NOT READ');
    expect(text).toMatch(/^Nothing is known: hv09 was not read\.$/m);
    expect(text).not.toContain('Nothing found');
    const partly = scanTable(view([{ vms: [{ name: 'A' }] }, { host: 'hv09', unread: true }]), plain);
    expect(partly).toMatch(/^Nothing found in what was looked at on 1 VM\. Not looked at: hv09\.$/m);
  });

  it('draws a chain with what deleting and reverting would do', async () => {
    await expect(treeOf(await fleetAfter(1), 'SQL01')).toMatchFileSnapshot('scan/tree-chain.txt');
  });

  it('draws branches', async () => {
    await expect(treeOf(await fleetAfter(1), 'DEV05')).toMatchFileSnapshot('scan/tree-branches.txt');
  });

  it('draws layers that no checkpoint explains', async () => {
    await expect(treeOf(await fleetAfter(1), 'FILE02')).toMatchFileSnapshot('scan/tree-hidden.txt');
  });

  it('writes CSV that no spreadsheet runs', async () => {
    const csv = scanCsv(judged({ name: '=cmd|calc', checkpoints: [{ name: 'say "hi", twice' }] }));
    expect(csv.split('\r\n')[1]).toContain(`'=cmd|calc`);
    expect(csv.split('\r\n')[1]).toContain('"say ""hi"", twice"');
    expect(scanCsv(await fleetAfter(1)).split('\r\n')).toHaveLength(50);
  });

  it('has a row in CSV for AVHDX that no checkpoint explains', async () => {
    const lines = scanCsv(await fleetAfter(1)).split('\r\n');
    const line = lines.filter((each) => each.includes(',FILE02,')).map((each) => each.split(','));
    const bytes = line[0]?.[9];
    expect(line).toHaveLength(1);
    expect(line[0]).toMatchObject({ 0: 'warning', 4: '', 10: bytes, 11: 'AVHDX together more than 50 GiB' });
    expect(Number(bytes)).toBeGreaterThan(90 * GIB);
  });

  it('has a row in CSV for what is wrong with a VM or a host as a whole', () => {
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    const shown = judgedHosts(
      {
        vms: [
          { name: 'APP11', checkpoints: [{ name: 'c', layerBytes: null }] },
          { name: 'APP12', checkpoints: null, disks: null },
        ],
      },
      { host: 'hv02', unread: true, failed },
    );
    const lines = scanCsv(shown).split('\r\n').slice(1, -1);
    const fields = (start: string) =>
      lines.filter((line) => line.split(',')[1] === start).map((line) => line.split(','));
    const why = (start: string) => fields(start).map((line) => line[11]);
    expect(fields('')).toEqual([
      ['unknown', '', '', 'hv02', '', '', '', '', '', '', '', expect.any(String), '', ''],
    ]);
    expect(why('')).toEqual(['not looked at: no answer within the time allowed']);
    // Nothing is known of this layer: not even that it holds at least 0 bytes.
    expect(fields('APP11').map((line) => line.slice(9, 11))).toEqual([
      ['', ''],
      ['', ''],
    ]);
    expect(why('APP11')[0]).toBe('not fully read: the disk is in use on another host');
    expect(why('APP12')).toEqual(['not fully read: the checkpoints of the VM could not be listed']);
  });

  it('draws severities and reasons, the hosts, and what was not looked at', () => {
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    const shown = judgedHosts(
      {
        vms: [
          {
            name: 'SQL01',
            checkpoints: ['a', 'b', 'c', 'd'].map((name) => ({
              name,
              ageMs: name === 'a' ? 9 * DAY_MS : HOUR_MS,
            })),
          },
        ],
      },
      { host: 'hv02', unread: true, failed },
    );
    const text = scanTrees(shown, 'live');
    expect(text).toMatch(/^hv01 {2}read in 4\.1 s .*\nhv02 {2}NOT READ: /);
    expect(text).toMatch(
      /^SQL01 {2}Running on hv01.*\nWARN {2}chain deeper than 3; more than 3 checkpoints$/m,
    );
    expect(text).toMatch(/^ └─ ● a .*\n {6}CRIT {2}older than 7d\n {6}layer /m);
    expect(text).toMatch(/ Not looked at: hv02\.\n$/);
  });

  it('says so when there is no tree to draw', () => {
    expect(scanTrees(judged({ name: 'A' }), 'live')).toContain(
      '\nNo VM has checkpoints or AVHDX: there is no tree to draw.\n',
    );
    expect(scanTrees(view([{ unread: true }]), 'live')).toMatch(/^hv01 {2}NOT READ.*\n\nNothing is known: /);
  });

  it('puts what concerns a VM as a whole on a row of its own', () => {
    const checkpoints = ['a', 'b', 'c', 'd'].map((name) => ({ name, ageMs: HOUR_MS }));
    const rows = scanRows(judged({ name: 'A', checkpoints }));
    expect(rows.map(({ checkpoint, why }) => [checkpoint, why])).toEqual([
      ['(whole VM)', 'chain deeper than 3; more than 3 checkpoints'],
      ['a', ''],
      ['b', ''],
      ['c', ''],
      ['d', ''],
    ]);
    expect(rows[0]).toMatchObject({ vm: 'A', layer: '4.0 GiB', mark: 'warning' });
  });

  it('shows no value that looks like the limit it is above, and leaves no checkpoint blank', () => {
    const old = {
      name: 'A',
      checkpoints: [{ name: 'x', ageMs: 3 * DAY_MS + 1000, layerBytes: 10 * GIB + 1 }],
    };
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    const rows = scanRows(
      judgedHosts({ vms: [old] }, { host: 'hv02', unread: true, failed, readAt: NOW - DAY_MS }),
    );
    const ofCheckpoint = rows.find(({ checkpoint }) => checkpoint === 'x');
    expect(ofCheckpoint).toMatchObject({ age: 'just over 3d', layer: '10.0 GiB' });
    const large = finding({ vm: 'A', checkpoint: 'x' }, { threshold: { unit: 'bytes', value: 10 * GIB } });
    expect(scanRows(view([{ vms: [old] }], [large]))[0]).toMatchObject({ layer: 'just over 10.0 GiB' });
    expect(rows.find(({ host: name }) => name === 'hv02')?.checkpoint).toBe('-');
  });

  it('tells VMs of the same name apart', () => {
    const checkpoints = [{ name: 'x' }];
    const shown = view([
      {
        vms: [
          { name: 'A', id: '11112222-0', checkpoints },
          { name: 'B', checkpoints },
        ],
      },
      {
        host: 'hv02',
        vms: [
          { name: 'a', id: '33334444-0', checkpoints },
          { name: 'B', checkpoints },
        ],
      },
    ]);
    const names = scanTable(shown, plain)
      .match(/^ {6}\S+ \(\w+\)/gm)
      ?.map((name) => name.trim());
    expect(names).toEqual(['A (11112222)', 'a (33334444)']);
    // The same VM on two hosts, while it moves, is no other VM.
    expect(scanTable(shown, plain).match(/^ {6}B {3}/gm)).toHaveLength(2);
  });

  it('says what was not measured in sentences', () => {
    const shown = judged({
      name: 'A',
      checkpoints: [
        { name: 'x', layerBytes: null },
        { name: 'y', layerBytes: null },
      ],
    });
    const text = treeOf(shown, 'A');
    expect(text).toContain('2 AVHDX, not measured');
    expect(text).toContain('moves an amount that was not measured');
    expect(text).toContain('what was written since is lost for good (how much was not measured)');
    expect(text).not.toMatch(/moves not measured|not measured written|not measured in/);
  });

  it('calls nothing ok in CSV that was not looked at', () => {
    const severities = (of: AgentView) =>
      scanCsv(of)
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[0]);
    const unknown = { name: 'A', checkpoints: [{ name: 'c', layerBytes: null }] };
    const known = { name: 'B', checkpoints: [{ name: 'c', ageMs: HOUR_MS }] };
    expect(severities(view([{ vms: [unknown, known] }]))).toEqual(['unknown', 'unknown', 'ok']);
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    expect(severities(view([{ vms: [known], failed }]))).toEqual(['unknown', 'unknown']);
  });

  it('does not give the VMs of a host that was never read as none', () => {
    const shown = { ...view([]), inventory: { at: NOW, hosts: [host({ host: 'hv09', unread: true })] } };
    expect(JSON.parse(JSON.stringify(scanJson(shown))).hosts[0]).toMatchObject({ host: 'hv09', vms: null });
  });

  it('gives unknown bytes as null, never as 0', () => {
    const shown = judged({ name: 'APP11', checkpoints: [{ name: 'c', layerBytes: null }] });
    const json = JSON.parse(JSON.stringify(scanJson(shown)));
    expect(json.vms[0].checkpoints[0].layer).toEqual({ bytes: null, atLeastBytes: 0 });
    expect(json.notLookedAt).toHaveLength(1);
  });
});

describe('the demo fleet', () => {
  it('has some 25 VMs on two hosts', () => {
    expect(DEMO_HOSTS).toHaveLength(2);
    expect(FLEET).toHaveLength(27);
  });

  it.each([
    ['appears', 'FILE01', 2, 20],
    ['worsens', 'SQL02', 1, 50],
    ['ends', 'EXCH01', 22, 30],
  ])('has trouble that %s within two minutes: %s', async (_, name, before, after) => {
    const severities = async (hours: number) =>
      (await fleetAfter(hours)).findings
        .filter(({ vm }) => vm?.name === name)
        .map(({ severity }) => severity);
    expect(await severities(before)).not.toEqual(await severities(after));
  });
});
