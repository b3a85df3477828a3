import client, { type Registry } from 'prom-client';

/** The one channel there is so far. */
export const MAIL = { channel: 'email' } as const;

/** Registers every counter and gauge that the agent keeps about itself. */
export function createFamilies(registry: Registry) {
  const registers = [registry];
  const gauge = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new client.Gauge({ name: `hyperv_checkpoint_${name}`, help, labelNames: [...labelNames], registers });
  const counter = <L extends string>(name: string, help: string, labelNames: readonly L[]) =>
    new client.Counter({ name: `hyperv_checkpoint_${name}`, help, labelNames: [...labelNames], registers });
  return {
    buildInfo: gauge('agent_build_info', 'Version of the agent and of its runtime; the value is always 1.', [
      'version',
      'revision',
      'nodeversion',
    ]),
    scanInterval: gauge('scan_interval_seconds', 'Seconds between two scheduled scans, as configured.', []),
    scans: counter('scans_total', 'Scans of the host that ended, successful or not.', ['hyperv_host']),
    scanFailures: counter(
      'scan_failures_total',
      'Scans of the host that failed, wholly or in part, by reason. A scan counts once for each reason; size means that some sizes could not be measured.',
      ['hyperv_host', 'reason'],
    ),
    scansSkipped: counter(
      'scans_skipped_total',
      'Scheduled scans left out because the one before still ran.',
      [],
    ),
    alerts: gauge('alerts', 'Alerts that the agent holds, by severity and state.', ['severity', 'state']),
    notifications: counter('notifications_total', 'Attempts to send a notification.', ['channel']),
    notificationFailures: counter(
      'notifications_failed_total',
      'Attempts to send a notification that failed for at least one recipient, by reason.',
      ['channel', 'reason'],
    ),
    queueLength: gauge('notification_queue_length', 'Notifications that wait to be sent.', ['channel']),
    lastNotification: gauge(
      'notification_last_success_timestamp_seconds',
      'Unix time of the last notification that was accepted. Absent before the first.',
      ['channel'],
    ),
    reloadOk: gauge(
      'config_last_reload_successful',
      'Whether the configuration was loaded without faults the last time (1); 0 means that the one before is still in force.',
      [],
    ),
    reloadAt: gauge(
      'config_last_reload_success_timestamp_seconds',
      'Unix time at which a configuration was last loaded without faults.',
      [],
    ),
  };
}
