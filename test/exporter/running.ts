import { createExporter, type Exporter, type ExporterOptions } from '../../src/exporter/exporter.ts';
import { createSelfMetrics, type SelfMetrics } from '../../src/exporter/self-metrics.ts';
import { NOW } from '../builders.ts';

export interface RunningExporter extends AsyncDisposable {
  readonly exporter: Exporter;
  readonly selfMetrics: SelfMetrics;
  readonly url: string;
  readonly faults: readonly unknown[];
}

/** An exporter that listens on a free port of the loopback address. */
export async function runningExporter(more: Partial<ExporterOptions> = {}): Promise<RunningExporter> {
  const faults: unknown[] = [];
  const selfMetrics = createSelfMetrics({ version: '1.2.3', revision: 'abc', nodeVersion: 'v24.0.0' }, [
    'hv01',
  ]);
  const exporter = createExporter({
    web: { host: '127.0.0.1', port: 0, externalUrl: null },
    metrics: { perCheckpoint: 'all', maxCheckpoints: 5000 },
    clock: { now: () => NOW, monotonicMs: () => 0 },
    selfMetrics,
    version: '1.2.3',
    mails: null,
    onFault: (error) => faults.push(error),
    ...more,
  });
  const listening = await exporter.listen();
  if (!listening.ok) throw new Error(listening.message);
  return { exporter, selfMetrics, url: listening.url, faults, [Symbol.asyncDispose]: () => exporter.close() };
}
