/** A metric as the documentation shows it. */
export interface DescribedMetric {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  readonly labels: readonly string[];
}

const INTRODUCTION = `# Metrics

<!-- Generated from src/core/metrics and src/exporter/self-families.ts by "npm run golden". Do not edit. -->

\`/metrics\` on the address of \`web\` (by default http://127.0.0.1:9753/metrics) in Prometheus' text format.

\`\`\`yaml
scrape_configs:
  - job_name: hyperv-checkpoint
    scrape_interval: 1m
    static_configs:
      - targets: ['127.0.0.1:9753']
\`\`\`

- What is not known is absent, never 0. \`hyperv_vm_checkpoint_size_known\` says whether a size is there.
- Times are Unix times, never ages: \`time() - hyperv_vm_checkpoint_oldest_timestamp_seconds\` is an age. Times of
  checkpoints are on the host's clock; \`hyperv_checkpoint_host_clock_offset_seconds\` says how far that is off.
- Everything about hosts and VMs is as of the last scan. Before the first one only the agent's own metrics are there;
  after a failed one the old values stay, and \`hyperv_checkpoint_scan_success\` is 0. Always alert on that one too:
  [config/prometheus-alerts.yml](../config/prometheus-alerts.yml) does.
- \`vm_id\` stays the same when a VM moves or is renamed; names are not unique. Aggregate by \`vm_id\` and leave
  \`hyperv_host\` out where a live migration should not matter.
- Thresholds live in the agent's configuration: alert on \`hyperv_checkpoint_finding{state="active"}\` or
  \`hyperv_vm_checkpoints_stale\` rather than on ages. What exceptions cover is there with \`state="excepted"\`.
- Tags are for routing: \`… * on (hyperv_host, vm_id) group_left () hyperv_vm_tag_info{tag="prod"}\`.
- Single checkpoints: names are in \`hyperv_checkpoint_info\`, values are keyed by ids. \`metrics.per_checkpoint: stale\`
  keeps those with a warning or critical finding that no exception covers, \`off\` none; \`metrics.max_checkpoints\`
  limits their number, the worst and oldest first.

\`\`\`promql
# the ten largest checkpoints with their names
topk(10, hyperv_checkpoint_size_bytes * on (hyperv_host, vm_id, checkpoint_id) group_left (vm, checkpoint) hyperv_checkpoint_info)
\`\`\`
`;

/** docs/metrics.md, made from the metrics themselves. */
export function metricsPage(inventory: readonly DescribedMetric[], self: readonly DescribedMetric[]): string {
  return [
    INTRODUCTION,
    '## Hosts, VMs and checkpoints\n',
    table(inventory),
    '## The agent itself\n',
    `${table(self)}
Beside these there are \`process_*\` and a few \`nodejs_*\` metrics, as usual for Node.js.
`,
    REASONS,
  ].join('\n');
}

const REASONS = `## Values of labels

| label | values |
| --- | --- |
| \`kind\` | user, automatic, backup, replica, planned, missing, unknown, and the kinds of the configuration |
| \`severity\` | info, warning, critical; in \`hyperv_vm_checkpoints_stale\` without info |
| \`state\` of findings and alerts | active, excepted |
| \`state\` of exceptions | covering, idle |
| \`rule\` | see [rules.md](rules.md) |
| \`channel\` | email |
| \`reason\` of scans | timeout, access_denied, unreachable, module_missing, powershell, parse, size, other; see [errors.md](errors.md) |
| \`reason\` of notifications | auth, tls, connect, timeout, rejected, other |
`;

function table(metrics: readonly DescribedMetric[]): string {
  const rows = metrics.map(({ name, type, help, labels }) => {
    const names = labels.map((label) => `\`${label}\``).join(', ');
    return `| \`${name}\` | ${type} | ${names === '' ? '–' : names} | ${help.replaceAll('|', '\\|')} |\n`;
  });
  return `| metric | type | labels | meaning |\n| --- | --- | --- | --- |\n${rows.join('')}`;
}
