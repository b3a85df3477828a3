import { globSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { replayReport } from '../src/collector/replay.ts';
import { addSums } from '../src/core/byte-sum.ts';
import { attributeVms, fileIndex, foldReport, inventoryOf, unreadHost } from '../src/core/fold.ts';
import { evaluateCheck } from '../src/core/nagios/evaluate.ts';
import { parseCheckOptions } from '../src/core/nagios/options.ts';
import { renderExposition } from '../src/core/render/exposition.ts';
import { renderCheck } from '../src/core/render/nagios.ts';
import { scanTable } from '../src/core/render/scan/table.ts';
import { vmTree } from '../src/core/render/scan/vm-tree.ts';
import { type AgentView, vmRows } from '../src/core/view.ts';
import { viewAt } from './policy.ts';

const RECORDINGS = 'test/fixtures/recordings';
const scenarios = globSync(`${RECORDINGS}/*.json`).map((path) => basename(path, '.json'));

/** What the agent makes of a recording at the moment it was made. */
async function viewOf(scenario: string): Promise<AgentView> {
  const report = await replayReport(`${RECORDINGS}/${scenario}.json`);
  const now = report.status === 'read' ? report.readAt : Date.UTC(2026, 2, 2, 9);
  const settled = report.status === 'read' ? report : { ...report, failedAt: now };
  const host = foldReport(
    unreadHost(report.host),
    settled,
    report.status === 'read' ? attributeVms(report) : [],
  );
  const inventory = inventoryOf([host], now);
  return viewAt(inventory, now);
}

function shown(view: AgentView): string {
  const trees = vmRows(view)
    .filter(
      ({ view: { chain }, vm }) =>
        chain.total.bytes !== 0 || vm.checkpoints === null || vm.checkpoints.length > 0,
    )
    .map((row) => (row.host.reading === null ? '' : vmTree(row, fileIndex(row.host.reading), view.now)));
  return [scanTable(view, (_, text) => text, 'replay'), ...trees].join('\n');
}

describe.each(scenarios)('the recording of %s', (scenario) => {
  it('becomes the table and the trees that people read', async () => {
    await expect(shown(await viewOf(scenario))).toMatchFileSnapshot(
      `fixtures/recordings-shown/${scenario}.txt`,
    );
  });

  it('loses no byte: layers and unattributed are all AVHDX bytes of each VM', async () => {
    for (const { view } of vmRows(await viewOf(scenario))) {
      const parts = [
        ...[...view.chain.checkpoints.values()].map((each) => each.layer),
        view.chain.unattributed,
      ];
      expect(addSums(parts).atLeastBytes).toBe(view.chain.total.atLeastBytes);
    }
  });

  it('becomes metrics without a line twice', async () => {
    const options = { perCheckpoint: 'all', maxCheckpoints: 5000 } as const;
    const lines = [...renderExposition(await viewOf(scenario), options)].join('').split('\n');
    const series = lines
      .filter((line) => line !== '' && !line.startsWith('#'))
      .map((line) => line.replace(/ \S+$/, ''));
    expect(new Set(series).size).toBe(series.length);
  });

  it('never passes for OK when something was not looked at', async () => {
    const view = await viewOf(scenario);
    const options = parseCheckOptions([]);
    if (!options.ok) throw new Error(options.problem);
    const text = renderCheck(evaluateCheck(view, options.options));
    const isFailed = view.inventory.hosts.some(({ attempt }) => attempt?.error != null);
    const isBlind = view.inventory.hosts.some(({ vms }) => vms.some(({ vm }) => vm.checkpoints === null));
    if (isFailed || isBlind) expect(text).not.toMatch(/^CHECKPOINTS (OK|WARNING)/);
  });
});
