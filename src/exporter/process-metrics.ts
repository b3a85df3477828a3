import client, { Histogram, type Registry } from 'prom-client';

/** Those of prom-client's own metrics that say something about an agent; several of the others fail promtool's lint. */
const KEPT =
  /^(?:process_.*|nodejs_eventloop_lag(?:_p99)?_seconds|nodejs_heap_size_.*|nodejs_external_memory_bytes|nodejs_gc_duration_seconds)$/;

/** The kinds of garbage collection that prom-client tells apart. */
const GC_KINDS = ['major', 'minor', 'incremental', 'weakcb'];

/** Adds metrics about the process itself. */
export function addProcessMetrics(registry: Registry): void {
  client.collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) {
    const isOwn = name.startsWith('hyperv_');
    if (!isOwn && !KEPT.test(name)) registry.removeSingleMetric(name);
  }
  startGarbageCollection(registry);
}

/** Every kind counts from 0, so that a series does not appear with its first collection, its increase unseen. */
function startGarbageCollection(registry: Registry): void {
  const durations = registry.getSingleMetric('nodejs_gc_duration_seconds');
  if (!(durations instanceof Histogram)) throw new TypeError('prom-client has no histogram of collections');
  for (const kind of GC_KINDS) durations.zero({ kind });
}
