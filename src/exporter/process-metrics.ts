import client, { type Registry } from 'prom-client';

/** Those of prom-client's own metrics that say something about an agent; several of the others fail promtool's lint. */
const KEPT =
  /^(?:process_.*|nodejs_eventloop_lag(?:_p99)?_seconds|nodejs_heap_size_.*|nodejs_external_memory_bytes|nodejs_gc_duration_seconds)$/;

/** Adds metrics about the process itself. */
export function addProcessMetrics(registry: Registry): void {
  client.collectDefaultMetrics({ register: registry });
  for (const { name } of registry.getMetricsAsArray()) {
    const isOwn = name.startsWith('hyperv_');
    if (!isOwn && !KEPT.test(name)) registry.removeSingleMetric(name);
  }
}
