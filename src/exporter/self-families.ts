import client, { type Registry } from 'prom-client';

/** The one channel there is so far. */
export const MAIL = { channel: 'email' } as const;

/** Every counter and gauge that the agent keeps about itself. The documentation is made from this table. */
export const SELF_FAMILIES = {
  buildInfo: {
    name: 'hyperv_checkpoint_agent_build_info',
    type: 'gauge',
    help: 'Version of the agent and of its runtime; the value is always 1.',
    labels: ['version', 'revision', 'nodeversion'],
  },
  scanInterval: {
    name: 'hyperv_checkpoint_scan_interval_seconds',
    type: 'gauge',
    help: 'Seconds between two scheduled scans, as configured.',
    labels: [],
  },
  scans: {
    name: 'hyperv_checkpoint_scans_total',
    type: 'counter',
    help: 'Scans of the host that ended, successful or not.',
    labels: ['hyperv_host'],
  },
  scanFailures: {
    name: 'hyperv_checkpoint_scan_failures_total',
    type: 'counter',
    help: 'Scans of the host that failed, wholly or in part, by reason. A scan counts once for each reason; size means that some sizes could not be measured.',
    labels: ['hyperv_host', 'reason'],
  },
  scansSkipped: {
    name: 'hyperv_checkpoint_scans_skipped_total',
    type: 'counter',
    help: 'Scheduled scans left out because the one before still ran.',
    labels: [],
  },
  alerts: {
    name: 'hyperv_checkpoint_alerts',
    type: 'gauge',
    help: 'Alerts that the agent holds, by severity and state; nobody is told of excepted ones.',
    labels: ['severity', 'state'],
  },
  notifications: {
    name: 'hyperv_checkpoint_notifications_total',
    type: 'counter',
    help: 'Attempts to send a notification.',
    labels: ['channel'],
  },
  notificationFailures: {
    name: 'hyperv_checkpoint_notifications_failed_total',
    type: 'counter',
    help: 'Attempts to send a notification that failed for at least one recipient, by reason.',
    labels: ['channel', 'reason'],
  },
  queueLength: {
    name: 'hyperv_checkpoint_notification_queue_length',
    type: 'gauge',
    help: 'Notifications that wait to be sent.',
    labels: ['channel'],
  },
  lastNotification: {
    name: 'hyperv_checkpoint_notification_last_success_timestamp_seconds',
    type: 'gauge',
    help: 'Unix time of the last notification that was accepted. Absent before the first.',
    labels: ['channel'],
  },
  reloadOk: {
    name: 'hyperv_checkpoint_config_last_reload_successful',
    type: 'gauge',
    help: 'Whether the configuration was loaded without faults the last time (1); 0 means that the one before is still in force.',
    labels: [],
  },
  reloadAt: {
    name: 'hyperv_checkpoint_config_last_reload_success_timestamp_seconds',
    type: 'gauge',
    help: 'Unix time at which a configuration was last loaded without faults.',
    labels: [],
  },
} as const;

/** Registers all of them. */
export function createFamilies(registry: Registry) {
  const registers = [registry];
  const gauge = <L extends string>({ name, help, labels }: Described<L>) =>
    new client.Gauge({ name, help, labelNames: [...labels], registers });
  const counter = <L extends string>({ name, help, labels }: Described<L>) =>
    new client.Counter({ name, help, labelNames: [...labels], registers });
  return {
    buildInfo: gauge(SELF_FAMILIES.buildInfo),
    scanInterval: gauge(SELF_FAMILIES.scanInterval),
    scans: counter(SELF_FAMILIES.scans),
    scanFailures: counter(SELF_FAMILIES.scanFailures),
    scansSkipped: counter(SELF_FAMILIES.scansSkipped),
    alerts: gauge(SELF_FAMILIES.alerts),
    notifications: counter(SELF_FAMILIES.notifications),
    notificationFailures: counter(SELF_FAMILIES.notificationFailures),
    queueLength: gauge(SELF_FAMILIES.queueLength),
    lastNotification: gauge(SELF_FAMILIES.lastNotification),
    reloadOk: gauge(SELF_FAMILIES.reloadOk),
    reloadAt: gauge(SELF_FAMILIES.reloadAt),
  };
}

interface Described<L extends string> {
  readonly name: string;
  readonly help: string;
  readonly labels: readonly L[];
}
