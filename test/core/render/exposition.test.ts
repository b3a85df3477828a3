import fc from 'fast-check';
import client from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/core/finding.ts';
import { INVENTORY_FAMILIES } from '../../../src/core/metrics/families.ts';
import { prepareSeries, type SeriesOptions } from '../../../src/core/metrics/series.ts';
import { CHECKPOINT_KINDS } from '../../../src/core/model.ts';
import { renderExposition } from '../../../src/core/render/exposition.ts';
import { boundedLabel } from '../../../src/core/render/label-text.ts';
import { DAY_MS, GIB } from '../../../src/core/units.ts';
import type { AgentView } from '../../../src/core/view.ts';
import { finding, host, NOW, type VmSpec, view } from '../../builders.ts';
import { hostileName } from '../../hostile.ts';

const ALL: SeriesOptions = { perCheckpoint: 'all', maxCheckpoints: 5000 };

function text(of: AgentView, options = ALL): string {
  return [...renderExposition(of, options)].join('');
}

/** Lines of one family, without the comments. */
function lines(of: AgentView, name: string, options = ALL): readonly string[] {
  return text(of, options)
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`))
    .map((line) => line.slice(name.length));
}

function readLabels(escaped: string): Record<string, string> {
  const pairs = [...escaped.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"(?:,|$)/gsu)];
  return Object.fromEntries(
    pairs.map(([, name = '', value = '']) => [
      name,
      value.replace(/\\(.)/gs, (_, character) => (character === 'n' ? '\n' : character)),
    ]),
  );
}

/** The same values through prom-client. */
async function oracle(of: AgentView, options = ALL): Promise<string> {
  const preparation = prepareSeries(of, options);
  let step = preparation.next();
  while (step.done !== true) step = preparation.next();
  const registry = new client.Registry();
  for (const family of INVENTORY_FAMILIES) {
    const samples = [...family.samples(step.value)];
    if (samples.length === 0) continue;
    const { name, help } = family;
    const gauge = new client.Gauge({ name, help, labelNames: [...family.labels], registers: [registry] });
    for (const [labels, value] of samples) gauge.set(readLabels(labels), value);
  }
  const printed = await registry.metrics();
  return printed === '\n' ? '' : `${printed}\n`;
}

const vmSpec = fc.record({
  name: hostileName,
  notes: fc.constantFrom(null, '[ckpt:tag=prod, never]', 'tag="'),
  id: fc.constantFrom('id-1', 'id-2', 'id-3'),
  checkpoints: fc.option(
    fc.array(
      fc.record({
        name: hostileName,
        id: fc.uuid(),
        kind: fc.constantFrom(...CHECKPOINT_KINDS),
        createdAt: fc.option(fc.nat({ max: NOW })),
        layerBytes: fc.option(fc.nat()),
      }),
      { maxLength: 4 },
    ),
  ),
});
const hosts = fc.uniqueArray(
  fc.record({ host: fc.constantFrom('hv01', 'hv02', 'hv"3'), vms: fc.array(vmSpec, { maxLength: 4 }) }),
  { maxLength: 3, selector: (spec) => spec.host },
);

describe(renderExposition, () => {
  it('prints what prom-client prints for the same values, whatever the names', async () => {
    await fc.assert(
      fc.asyncProperty(hosts, hostileName, async (specs, name) => {
        const exception = { reason: name, untilAt: NOW, owner: null, line: 1 };
        const excepted = finding({ vm: name }, { exception });
        const of = view(specs, [
          finding({ vm: name, checkpoint: name }),
          finding({ host: 'hv01' }),
          excepted,
        ]);
        expect(text(of)).toBe(await oracle(of));
      }),
    );
  });

  it('prints no series twice, whatever is given twice', () => {
    fc.assert(
      fc.property(hosts, hostileName, (specs, name) => {
        const same = finding({ vm: name });
        const series = text(view(specs, [same, same]))
          .split('\n')
          .filter((line) => line !== '' && !line.startsWith('#'))
          .map((line) => line.slice(0, line.lastIndexOf(' ')));
        expect(series).toEqual([...new Set(series)]);
      }),
    );
  });

  it('does not depend on the order in which hosts, VMs and findings come', () => {
    const vms: VmSpec[] = ['A', 'B', 'C'].map((name) => ({
      name,
      checkpoints: [{ name: 'x' }, { name: 'y' }],
    }));
    const findings = vms.map(({ name }) => finding({ vm: name }));
    const forwards = view([{ host: 'hv01', vms }, { host: 'hv02' }], findings);
    const backwards = view(
      [{ host: 'hv02' }, { host: 'hv01', vms: vms.toReversed() }],
      findings.toReversed(),
    );
    expect(text(backwards)).toBe(text(forwards));
  });

  it('has samples with exactly the labels that each family declares', () => {
    const vms = [{ name: 'A', notes: '[ckpt:tag=prod]', checkpoints: [{ name: 'x' }] }];
    const of = view([{ vms }], [finding({ vm: 'A' })]);
    for (const { name, labels } of INVENTORY_FAMILIES) {
      const [first] = lines(of, name);
      expect([name, Object.keys(readLabels(first?.slice(1, first.lastIndexOf('}')) ?? ''))]).toEqual([
        name,
        labels,
      ]);
    }
  });

  it('leaves out what is not known, and never says 0 for it', () => {
    const of = view([
      {
        vms: [
          { name: 'A', checkpoints: [{ name: 'x', layerBytes: null, createdAt: null }] },
          { name: 'B', checkpoints: null, disks: null, operationalStatus: [] },
        ],
      },
    ]);
    expect(lines(of, 'hyperv_vm_checkpoint_size_bytes')).toEqual([]);
    expect(lines(of, 'hyperv_checkpoint_size_bytes')).toEqual([]);
    expect(lines(of, 'hyperv_checkpoint_created_timestamp_seconds')).toEqual([]);
    expect(lines(of, 'hyperv_vm_checkpoint_oldest_timestamp_seconds')).toEqual([]);
    expect(lines(of, 'hyperv_vm_checkpoint_size_known').map((line) => line.slice(-2))).toEqual([' 0', ' 0']);
    expect(lines(of, 'hyperv_vm_checkpoints')).toHaveLength(1);
    expect(lines(of, 'hyperv_vm_checkpoints_stale')).toHaveLength(2);
    expect(lines(of, 'hyperv_vm_disks_merging')).toHaveLength(1);
    expect(lines(of, 'hyperv_checkpoint_vms_incomplete')).toEqual(['{hyperv_host="hv01"} 2']);
  });

  it('says 0 for a VM that was read and has none', () => {
    const of = view([{ vms: [{ name: 'A', id: 'a' }] }]);
    const base = 'hyperv_host="hv01",vm="A",vm_id="a"';
    expect(lines(of, 'hyperv_vm_checkpoints')).toEqual([`{${base},kind="user"} 0`]);
    expect(lines(of, 'hyperv_vm_checkpoint_size_bytes')).toEqual([`{${base}} 0`]);
    expect(lines(of, 'hyperv_vm_checkpoint_chain_depth')).toEqual([`{${base}} 0`]);
  });

  it('gives bytes to the layer after a checkpoint, and all of them to the VM', () => {
    const checkpoints = [
      { name: 'old', id: 'c1', layerBytes: 301 * GIB, ageMs: 12 * DAY_MS },
      { name: 'new', id: 'c2', layerBytes: 16 * GIB, ageMs: 3 * DAY_MS },
    ];
    const of = view([{ vms: [{ name: 'SQL01', id: 'v', checkpoints }] }]);
    expect(lines(of, 'hyperv_checkpoint_size_bytes')).toEqual([
      `{hyperv_host="hv01",vm_id="v",checkpoint_id="c1"} ${301 * GIB}`,
      `{hyperv_host="hv01",vm_id="v",checkpoint_id="c2"} ${16 * GIB}`,
    ]);
    expect(lines(of, 'hyperv_vm_checkpoint_size_bytes')[0]).toMatch(` ${317 * GIB}`);
    expect(lines(of, 'hyperv_vm_checkpoint_oldest_timestamp_seconds')[0]).toMatch(
      ` ${(NOW - 12 * DAY_MS) / 1000}`,
    );
    expect(lines(of, 'hyperv_vm_checkpoint_newest_timestamp_seconds')[0]).toMatch(
      ` ${(NOW - 3 * DAY_MS) / 1000}`,
    );
  });

  it('counts a critical checkpoint once, not also as a warning', () => {
    const checkpoints = [{ name: 'x' }, { name: 'y' }];
    const findings: Finding[] = [
      finding({ vm: 'A', checkpoint: 'x' }, { severity: 'critical' }),
      finding({ vm: 'A', checkpoint: 'y', index: 1 }),
      finding({ vm: 'A', checkpoint: 'y', index: 1 }, { rule: 'avhdx-size', severity: 'critical' }),
    ];
    const of = view([{ vms: [{ name: 'A', checkpoints }] }], findings);
    const counts = lines(of, 'hyperv_vm_checkpoints_stale').map((line) => line.replace(/.*severity/, ''));
    expect(counts).toEqual(['="warning"} 1', '="critical"} 1']);
    expect(lines(of, 'hyperv_checkpoint_finding')).toHaveLength(3);
  });

  it('keeps the last good data of a host that can no longer be read, and says so', () => {
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    const of = view([
      { vms: [{ name: 'A' }], failed },
      { host: 'hv02', unread: true, failed },
      { host: 'hv03', unread: true },
    ]);
    expect(lines(of, 'hyperv_vm_info')).toHaveLength(1);
    expect(lines(of, 'hyperv_checkpoint_scan_success')).toEqual([
      '{hyperv_host="hv01"} 0',
      '{hyperv_host="hv02"} 0',
    ]);
    expect(lines(of, 'hyperv_checkpoint_scan_last_success_timestamp_seconds')).toHaveLength(1);
  });

  it('tells a VM that two hosts show apart by its host', () => {
    const vms = [{ name: 'A', id: 'same' }];
    const of = view([
      { host: 'hv01', vms },
      { host: 'hv02', vms },
    ]);
    expect(lines(of, 'hyperv_vm_info')).toHaveLength(2);
  });

  it('keeps the worst, then the oldest checkpoints within the limit, and counts the others', () => {
    const checkpoints = [1, 2, 3, 4].map((n) => ({ name: `c${n}`, id: `c${n}`, ageMs: (10 - n) * DAY_MS }));
    const worst = finding({ vm: 'A', checkpoint: 'c4' });
    const about = { ...worst, checkpoint: { id: 'c4', name: 'c4', kind: 'user' as const } };
    const of = view([{ vms: [{ name: 'A', checkpoints }] }, { host: 'hv02' }], [about]);
    const ids = lines(of, 'hyperv_checkpoint_info', { perCheckpoint: 'all', maxCheckpoints: 2 });
    expect(ids.map((line) => /checkpoint_id="(\w+)"/.exec(line)?.[1])).toEqual(['c1', 'c4']);
    const omitted = lines(of, 'hyperv_checkpoint_series_omitted', {
      perCheckpoint: 'all',
      maxCheckpoints: 2,
    });
    expect(omitted).toEqual(['{hyperv_host="hv01"} 2', '{hyperv_host="hv02"} 0']);
    const stale = lines(of, 'hyperv_checkpoint_info', { perCheckpoint: 'stale', maxCheckpoints: 2 });
    expect(stale).toHaveLength(1);
    const off = { perCheckpoint: 'off', maxCheckpoints: 2 } as const;
    expect(text(of, off)).not.toMatch(/hyperv_checkpoint_(?:info|size|created|series)/);
  });

  it('says nothing about an inventory without hosts', () => {
    expect(text(view([]))).toBe('');
  });

  it('hands out pieces, not one long text', () => {
    const vms = Array.from({ length: 1000 }, (_, n) => ({ name: `VM${n}`, checkpoints: [{ name: 'x' }] }));
    const pieces = [...renderExposition(view([{ vms }]), ALL)];
    expect(Math.max(...pieces.map((piece) => piece.length))).toBeLessThan(40_000);
  });

  it('reads a good example', async () => {
    const good = host({
      vms: [{ name: 'SQL01', id: 'v', checkpoints: [{ name: 'before patch', id: 'c' }] }],
    });
    const of = { ...view([], [finding({ vm: 'SQL01' })]), inventory: { at: NOW, hosts: [good] } };
    await expect(text(of)).toMatchFileSnapshot('exposition.prom');
  });
});

describe(boundedLabel, () => {
  it('is well-formed and bounded, and keeps what needs no change', () => {
    fc.assert(
      fc.property(hostileName, (name) => {
        const bounded = boundedLabel(name);
        expect(bounded.isWellFormed()).toBe(true);
        expect(bounded.length).toBeLessThanOrEqual(256);
        if (name.length <= 256 && name.isWellFormed()) expect(bounded).toBe(name);
      }),
    );
  });
});
