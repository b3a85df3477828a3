import { describe, expect, it } from 'vitest';
import { createDemoCollector, DEMO_HOSTS } from '../../../src/collector/demo/demo-collector.ts';
import { FLEET } from '../../../src/collector/demo/fleet.ts';
import { attributeVms, fileIndex, foldReport, inventoryOf, unreadHost } from '../../../src/core/fold.ts';
import { scanCsv } from '../../../src/core/render/scan/csv.ts';
import { scanJson } from '../../../src/core/render/scan/json.ts';
import { scanTable } from '../../../src/core/render/scan/table.ts';
import { vmTree } from '../../../src/core/render/scan/vm-tree.ts';
import { DEFAULT_RULES, judge } from '../../../src/core/rules/index.ts';
import { HOUR_MS } from '../../../src/core/units.ts';
import { type AgentView, vmRows } from '../../../src/core/view.ts';
import { host, NOW, type VmSpec, view } from '../../builders.ts';

const plain = (_: unknown, text: string): string => text;

/** The demo's fleet, read some hours after its beginning. */
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
  return { inventory, findings: judge(inventory, DEFAULT_RULES, now), now, scanIntervalMs: HOUR_MS };
}

function treeOf(shown: AgentView, name: string): string {
  const row = vmRows(shown).find(({ vm }) => vm.name === name);
  if (row?.host.reading == null) throw new Error(`no VM ${name}`);
  return vmTree(row, fileIndex(row.host.reading), shown.now);
}

const judged = (...vms: readonly VmSpec[]): AgentView => {
  const shown = view([{ vms }]);
  return { ...shown, findings: judge(shown.inventory, DEFAULT_RULES, NOW) };
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
    expect(scanCsv(await fleetAfter(1)).split('\r\n')).toHaveLength(40);
  });

  it('calls nothing ok in CSV that was not looked at', () => {
    const severities = (of: AgentView) =>
      scanCsv(of)
        .split('\r\n')
        .slice(1, -1)
        .map((line) => line.split(',')[0]);
    const unknown = { name: 'A', checkpoints: [{ name: 'c', layerBytes: null }] };
    const known = { name: 'B', checkpoints: [{ name: 'c', ageMs: HOUR_MS }] };
    expect(severities(view([{ vms: [unknown, known] }]))).toEqual(['unknown', 'ok']);
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    expect(severities(view([{ vms: [known], failed }]))).toEqual(['unknown']);
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
    expect(FLEET).toHaveLength(26);
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
