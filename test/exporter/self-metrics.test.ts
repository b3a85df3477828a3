import { describe, expect, it } from 'vitest';
import { FAILURE_REASONS } from '../../src/core/collect-error.ts';
import { INVENTORY_FAMILIES } from '../../src/core/metrics/families.ts';
import { CHECKPOINT_KINDS } from '../../src/core/model.ts';
import { metricsPage } from '../../src/core/render/docs/metrics-page.ts';
import { SELF_FAMILIES } from '../../src/exporter/self-families.ts';
import { createSelfMetrics } from '../../src/exporter/self-metrics.ts';
import { DELIVERY_FAILURES } from '../../src/ports.ts';
import { finding, host, NOW } from '../builders.ts';

const BUILD = { version: '1.2.3', revision: 'abc', nodeVersion: 'v24.0.0' };

/** The agent's own lines, without comments, sorted. */
async function own(metrics: { render(): Promise<string> }): Promise<readonly string[]> {
  const text = await metrics.render();
  return text
    .split('\n')
    .filter((line) => line.startsWith('hyperv_checkpoint_'))
    .sort();
}

describe(createSelfMetrics, () => {
  it('begins with every series that is known beforehand at 0, and with no time at 0', async () => {
    const lines = await own(createSelfMetrics(BUILD, ['hv01']));
    expect(lines.filter((line) => line.endsWith(' 0'))).toHaveLength(
      1 + FAILURE_REASONS.length + 1 + 6 + 1 + DELIVERY_FAILURES.length + 1,
    );
    expect(lines.filter((line) => line.includes('timestamp'))).toEqual([]);
    expect(lines[0]).toBe(
      'hyperv_checkpoint_agent_build_info{version="1.2.3",revision="abc",nodeversion="v24.0.0"} 1',
    );
  });

  it('begins with every kind of garbage collection, so that no series appears in the middle of a run', async () => {
    const text = await createSelfMetrics(BUILD, []).render();
    const kinds = [...text.matchAll(/^nodejs_gc_duration_seconds_count\{kind="(.*?)"\}/gm)].map(
      ([, kind]) => kind,
    );
    expect(kinds.sort()).toEqual(['incremental', 'major', 'minor', 'weakcb']);
  });

  it('counts scans, and each reason of failure once a scan', async () => {
    const metrics = createSelfMetrics(BUILD, ['hv01']);
    const denied = { code: 'VHD_IN_USE', detail: null, target: null } as const;
    const { reading } = host({ vms: [{ name: 'A', errors: [denied, denied] }] });
    if (reading !== null) metrics.scanFinished(reading);
    metrics.scanFinished({
      status: 'failed',
      host: 'hv02',
      failedAt: NOW,
      durationMs: 1,
      error: { code: 'TIMEOUT', detail: null, target: null },
    });
    expect((await own(metrics)).filter((line) => /scan.*\s[1-9]/.test(line))).toEqual([
      'hyperv_checkpoint_scan_failures_total{hyperv_host="hv01",reason="size"} 1',
      'hyperv_checkpoint_scan_failures_total{hyperv_host="hv02",reason="timeout"} 1',
      'hyperv_checkpoint_scans_total{hyperv_host="hv01"} 1',
      'hyperv_checkpoint_scans_total{hyperv_host="hv02"} 1',
    ]);
  });

  it('does not count notes as failures', async () => {
    const metrics = createSelfMetrics(BUILD, []);
    const note = { code: 'TYPE_UNKNOWN', detail: null, target: null } as const;
    const { reading } = host({ vms: [{ name: 'A', errors: [note] }] });
    if (reading !== null) metrics.scanFinished(reading);
    expect((await own(metrics)).filter((line) => /failures.*\s[1-9]/.test(line))).toEqual([]);
  });

  it('counts what happens otherwise', async () => {
    const metrics = createSelfMetrics(BUILD, []);
    metrics.scanSkipped();
    metrics.scanIntervalSet(900_000);
    metrics.mailDelivered(NOW);
    metrics.mailFailed('auth');
    metrics.mailsQueued(4);
    metrics.configLoaded(true, NOW);
    metrics.configLoaded(false, NOW + 1);
    const alert = { finding: finding({ vm: 'A' }), endedAt: null };
    metrics.alertsHeld([alert, alert, { ...alert, endedAt: 1 }]);
    const exception = { reason: 'training image', untilAt: NOW, owner: null, line: 1 };
    const excepted = { finding: finding({ vm: 'A' }, { exception }), endedAt: null };
    metrics.alertsHeld([alert, { ...alert, endedAt: 1 }, excepted, excepted]);
    const lines = (await own(metrics)).filter(
      (line) => !/^[^ ]+ 0$/.test(line) && !line.includes('build_info'),
    );
    expect(lines).toEqual([
      'hyperv_checkpoint_alerts{severity="warning",state="active"} 1',
      'hyperv_checkpoint_alerts{severity="warning",state="excepted"} 2',
      `hyperv_checkpoint_config_last_reload_success_timestamp_seconds ${NOW / 1000}`,
      `hyperv_checkpoint_notification_last_success_timestamp_seconds{channel="email"} ${NOW / 1000}`,
      'hyperv_checkpoint_notification_queue_length{channel="email"} 4',
      'hyperv_checkpoint_notifications_failed_total{channel="email",reason="auth"} 1',
      'hyperv_checkpoint_notifications_total{channel="email"} 2',
      'hyperv_checkpoint_scan_interval_seconds 900',
      'hyperv_checkpoint_scans_skipped_total 1',
    ]);
    expect(await own(metrics)).toContain('hyperv_checkpoint_config_last_reload_successful 0');
  });
});

describe('docs/metrics.md', () => {
  const inventory = INVENTORY_FAMILIES.map((family) => ({ ...family, type: 'gauge' as const }));
  const self = Object.values(SELF_FAMILIES);

  it('is what the metrics say of themselves', async () => {
    await expect(metricsPage(inventory, self)).toMatchFileSnapshot('../../docs/metrics.md');
  });

  it('has no name twice', () => {
    const names = [...inventory, ...self].map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('lists every value of the closed lists', () => {
    const page = metricsPage(inventory, self);
    for (const list of [CHECKPOINT_KINDS, FAILURE_REASONS, DELIVERY_FAILURES]) {
      expect(page).toContain(`| ${list.join(', ')}`);
    }
  });
});
