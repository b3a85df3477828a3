import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { boundedLabel } from '../../src/core/render/label-text.ts';
import { DAY_MS, GIB } from '../../src/core/units.ts';
import type { AgentView } from '../../src/core/view.ts';
import { finding, guid, NOW, type VmSpec, view } from '../builders.ts';
import { HOSTILE_NAMES } from '../hostile.ts';
import { isMissing } from '../peers.ts';
import { ask } from './http.ts';
import { runningExporter } from './running.ts';
import { startPrometheus } from './running-prometheus.ts';

const hasNoPromtool = isMissing('promtool');
const hasNoPrometheus = isMissing('prometheus');

const CHECKPOINT_BYTES = 5_368_709_120;

function hostileView(): AgentView {
  const vms = HOSTILE_NAMES.map(
    (name, n): VmSpec => ({
      name,
      id: guid(`vm ${n}`),
      notes: '[ckpt:tag=prod, never]',
      checkpoints: [
        { name, ageMs: DAY_MS, layerBytes: CHECKPOINT_BYTES },
        { name, layerBytes: null },
      ],
    }),
  );
  return view(
    [{ vms }, { host: 'hv02', vms: vms.slice(0, 3) }, { host: 'hv03', unread: true }],
    [...HOSTILE_NAMES.map((name) => finding({ vm: name, checkpoint: name })), finding({ host: 'hv03' })],
  );
}

function promtool(
  args: readonly string[],
  input?: Buffer,
): { readonly status: number | null; readonly output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input });
  return { status, output: `${stdout}${stderr}` };
}

describe.skipIf(hasNoPromtool)('promtool', () => {
  it('has nothing to say about the metrics, before and after a scan, whatever the names', async () => {
    await using running = await runningExporter();
    const before = await ask(`${running.url}/metrics`);
    expect(promtool(['check', 'metrics'], before.body)).toEqual({ status: 0, output: '' });
    await running.exporter.publish(hostileView());
    const after = await ask(`${running.url}/metrics`);
    expect(after.body.length).toBeGreaterThan(before.body.length + 10_000);
    expect(promtool(['check', 'metrics'], after.body)).toEqual({ status: 0, output: '' });
  });

  it('finds the alert rules sound, and doing what they promise', () => {
    expect(promtool(['check', 'rules', 'config/prometheus-alerts.yml'])).toMatchObject({ status: 0 });
    const tested = promtool(['test', 'rules', 'config/prometheus-alerts-test.yml']);
    expect(tested).toEqual({ status: 0, output: expect.stringContaining('SUCCESS') });
  });
});

describe.skipIf(hasNoPrometheus)('a real Prometheus', () => {
  it('scrapes the exporter, packed, and gives back every series with its value', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(hostileView());
    await using prometheus = await startPrometheus(running.url);
    await prometheus.until('up == 1');
    expect(await prometheus.query('scrape_samples_scraped')).toEqual([
      expect.objectContaining({ value: [expect.any(Number), String(await exposedSamples(running.url))] }),
    ]);
    const infos = await prometheus.query('hyperv_vm_info{hyperv_host="hv01"}');
    // An empty label is no label to Prometheus.
    expect(infos.map(({ metric }) => metric.vm ?? '').sort()).toEqual(HOSTILE_NAMES.map(boundedLabel).sort());
    const largest = await prometheus.query(
      'topk(1, hyperv_checkpoint_size_bytes * on (hyperv_host, vm_id, checkpoint_id) group_left (vm, checkpoint) hyperv_checkpoint_info{vm="plain"})',
    );
    expect(largest.map(({ metric, value }) => [metric.checkpoint, value[1]])).toEqual([
      ['plain', String(5 * GIB)],
    ]);
    const [oldest] = await prometheus.query('min(hyperv_vm_checkpoint_oldest_timestamp_seconds)');
    expect(oldest?.value[1]).toBe(String((NOW - DAY_MS) / 1000));
    expect(await prometheus.query('hyperv_vm_checkpoint_size_bytes')).toEqual([]);
    expect(running.faults).toEqual([]);
  });
});

/** Samples in the text, counted by lines. */
async function exposedSamples(url: string): Promise<number> {
  const { body } = await ask(`${url}/metrics`);
  return body
    .toString()
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#')).length;
}
