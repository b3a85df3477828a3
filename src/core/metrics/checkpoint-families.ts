import { label } from '../render/label-text.ts';
import type { Family, Sample } from './families.ts';
import type { CheckpointSeries, Series } from './series.ts';

const KEY = ['hyperv_host', 'vm_id', 'checkpoint_id'];

function ofCheckpoints(value: (series: CheckpointSeries) => number | null): Family['samples'] {
  return function* (series: Series): Generator<Sample> {
    for (const checkpoint of series.checkpoints) {
      const sample = value(checkpoint);
      if (sample !== null) yield [checkpoint.key, sample];
    }
  };
}

/** What is wrong, and single checkpoints: names in the info metric, values by id, which halves the bytes. */
export const checkpointFamilies: readonly Family[] = [
  {
    name: 'hyperv_checkpoint_finding',
    help: 'A finding, judged by the thresholds of the configuration; one that an exception covers has state excepted and is to raise no alert. The value is 1; more only if several differ in no label. Findings about a host have empty vm, vm_id and checkpoint_id.',
    labels: ['hyperv_host', 'vm', 'vm_id', 'checkpoint_id', 'rule', 'severity', 'state'],
    samples: (series) => series.findings,
  },
  {
    name: 'hyperv_checkpoint_exceptions',
    help: 'Exceptions of the configuration: covering is one by which a finding is excepted now, idle one by which none is, as it has ended, or there is nothing to cover, or an earlier one does.',
    labels: ['state'],
    *samples({ hosts, exceptions }) {
      if (hosts.length === 0) return;
      yield ['state="covering"', exceptions.covering];
      yield ['state="idle"', exceptions.idle];
    },
  },
  {
    name: 'hyperv_checkpoint_info',
    help: 'A checkpoint, to be joined by hyperv_host, vm_id and checkpoint_id; the value is always 1. Which checkpoints have series of their own: metrics.per_checkpoint.',
    labels: ['hyperv_host', 'vm', 'vm_id', 'checkpoint_id', 'checkpoint', 'kind'],
    *samples(series) {
      for (const { vm, checkpoint } of series.checkpoints) {
        const name = `${label('checkpoint_id', checkpoint.id)},${label('checkpoint', checkpoint.name)}`;
        yield [`${vm.labels},${name},${label('kind', checkpoint.kind)}`, 1];
      }
    },
  },
  {
    name: 'hyperv_checkpoint_created_timestamp_seconds',
    help: "Unix time, on the host's clock, at which the checkpoint was created. Absent when unknown.",
    labels: KEY,
    samples: ofCheckpoints(({ checkpoint }) =>
      checkpoint.createdAt === null ? null : checkpoint.createdAt / 1000,
    ),
  },
  {
    name: 'hyperv_checkpoint_size_bytes',
    help: 'Bytes on disk of the layer of the checkpoint: the AVHDX files written after it and before the next, which is what it costs. Absent when a part could not be measured.',
    labels: KEY,
    samples: ofCheckpoints(({ chain }) => chain?.layer.bytes ?? null),
  },
];
