import { countIncompleteVms } from '../coverage.ts';
import type { HostView } from '../inventory.ts';
import type { Instant } from '../model.ts';
import type { Family, Sample } from './families.ts';
import type { Series } from './series.ts';

const LABELS = ['hyperv_host'];

function ofHosts(value: (host: HostView) => number | null): Family['samples'] {
  return function* (series: Series): Generator<Sample> {
    for (const { labels, host } of series.hosts) {
      const sample = value(host);
      if (sample !== null) yield [labels, sample];
    }
  };
}

function seconds(at: Instant | null | undefined): number | null {
  return at == null ? null : at / 1000;
}

/** How the hosts were read. */
export const hostFamilies: readonly Family[] = [
  {
    name: 'hyperv_checkpoint_scan_success',
    help: 'Whether the latest scan of the host succeeded (1) or not (0). Everything about the host is cached between scans; after a failed one the series of the last good scan stay.',
    labels: LABELS,
    samples: ofHosts(({ attempt }) => (attempt === null ? null : attempt.error === null ? 1 : 0)),
  },
  {
    name: 'hyperv_checkpoint_scan_duration_seconds',
    help: 'How long the latest scan of the host took.',
    labels: LABELS,
    samples: ofHosts(({ attempt }) => (attempt === null ? null : attempt.durationMs / 1000)),
  },
  {
    name: 'hyperv_checkpoint_scan_timestamp_seconds',
    help: 'Unix time at which the latest scan of the host ended, successful or not.',
    labels: LABELS,
    samples: ofHosts(({ attempt }) => seconds(attempt?.at)),
  },
  {
    name: 'hyperv_checkpoint_scan_last_success_timestamp_seconds',
    help: 'Unix time at which the last successful scan of the host ended. Absent when there never was one.',
    labels: LABELS,
    samples: ofHosts(({ reading }) => seconds(reading?.readAt)),
  },
  {
    name: 'hyperv_checkpoint_vms_incomplete',
    help: 'Virtual machines of the host that the last successful scan could not read wholly. Absent when the host was never read.',
    labels: LABELS,
    samples: ofHosts((host) => (host.reading === null ? null : countIncompleteVms(host))),
  },
  {
    name: 'hyperv_checkpoint_host_clock_offset_seconds',
    help: "The host's clock minus the agent's at the last successful scan. Timestamps of checkpoints are on the host's clock.",
    labels: LABELS,
    samples: ofHosts(({ reading }) =>
      reading === null ? null : (reading.hostClockAt - reading.readAt) / 1000,
    ),
  },
  {
    name: 'hyperv_checkpoint_series_omitted',
    help: 'Checkpoints of the host left out of the metrics per checkpoint by metrics.max_checkpoints. Absent when metrics.per_checkpoint is off.',
    labels: LABELS,
    *samples(series) {
      if (series.perCheckpoint === 'off') return;
      for (const { labels, omitted } of series.hosts) yield [labels, omitted];
    },
  },
];
