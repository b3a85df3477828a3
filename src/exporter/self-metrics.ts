import client from 'prom-client';
import type { Alert } from '../core/alert/alert.ts';
import { FAILURE_REASONS } from '../core/collect-error.ts';
import type { HostReport, Instant } from '../core/model.ts';
import { SEVERITIES } from '../core/severity.ts';
import { DELIVERY_FAILURES, type DeliveryFailure } from '../ports.ts';
import { failureReasons } from './failure-reasons.ts';
import { addProcessMetrics } from './process-metrics.ts';
import { createFamilies, MAIL } from './self-families.ts';

/** What the agent counts about itself, one method for each thing that happens. Rendered afresh for each scrape. */
export interface SelfMetrics {
  /** A host was read or could not be read. */
  scanFinished(report: HostReport): void;
  /** A scan was due while the one before still ran. */
  scanSkipped(): void;
  /** The schedule as loaded: the time between two scans. */
  scanIntervalSet(intervalMs: number): void;
  /** All alerts that the agent holds now. */
  alertsHeld(alerts: readonly Pick<Alert, 'finding' | 'endedAt'>[]): void;
  mailDelivered(at: Instant): void;
  /** An attempt that left somebody without the message. */
  mailFailed(reason: DeliveryFailure): void;
  /** Messages that wait to be sent. */
  mailsQueued(length: number): void;
  /** The configuration was loaded, at start or later; `false`: the new one had faults and the old one stays. */
  configLoaded(ok: boolean, at: Instant): void;
  /** Prometheus' text format 0.0.4. */
  render(): Promise<string>;
}

export interface BuildInfo {
  readonly version: string;
  /** The commit it was built from; empty when unknown. */
  readonly revision: string;
  readonly nodeVersion: string;
}

/**
 * The agent's own counters and gauges, in a registry of their own. Series that are known beforehand start at 0.
 * @param hosts names of the hosts in the configuration
 */
export function createSelfMetrics(build: BuildInfo, hosts: readonly string[]): SelfMetrics {
  const registry = new client.Registry();
  const families = createFamilies(registry);
  addProcessMetrics(registry);
  families.buildInfo.set(
    { version: build.version, revision: build.revision, nodeversion: build.nodeVersion },
    1,
  );
  for (const host of hosts) startHost(families, host);
  startAlerts(families);
  startMail(families);
  // A gauge without labels begins at 0, which would be read as 1970 or as a failure.
  for (const gauge of [families.scanInterval, families.reloadOk, families.reloadAt]) gauge.remove();
  return {
    scanFinished(report) {
      startHost(families, report.host);
      families.scans.inc({ hyperv_host: report.host });
      for (const reason of failureReasons(report)) {
        families.scanFailures.inc({ hyperv_host: report.host, reason });
      }
    },
    scanSkipped: () => families.scansSkipped.inc(),
    scanIntervalSet: (intervalMs) => families.scanInterval.set(intervalMs / 1000),
    alertsHeld(alerts) {
      startAlerts(families);
      for (const { finding, endedAt } of alerts) {
        const state = finding.exception === null ? 'active' : 'excepted';
        if (endedAt === null) families.alerts.inc({ severity: finding.severity, state });
      }
    },
    mailDelivered(at) {
      families.notifications.inc(MAIL);
      families.lastNotification.set(MAIL, at / 1000);
    },
    mailFailed(reason) {
      families.notifications.inc(MAIL);
      families.notificationFailures.inc({ ...MAIL, reason });
    },
    mailsQueued: (length) => families.queueLength.set(MAIL, length),
    configLoaded(ok, at) {
      families.reloadOk.set(ok ? 1 : 0);
      if (ok) families.reloadAt.set(at / 1000);
    },
    render: () => registry.metrics(),
  };
}

type Families = ReturnType<typeof createFamilies>;

function startHost({ scans, scanFailures }: Families, hyperv_host: string): void {
  scans.inc({ hyperv_host }, 0);
  for (const reason of FAILURE_REASONS) scanFailures.inc({ hyperv_host, reason }, 0);
}

function startAlerts({ alerts }: Families): void {
  for (const severity of SEVERITIES) {
    for (const state of ['active', 'excepted']) alerts.set({ severity, state }, 0);
  }
}

function startMail({ notifications, notificationFailures, queueLength }: Families): void {
  notifications.inc(MAIL, 0);
  queueLength.set(MAIL, 0);
  for (const reason of DELIVERY_FAILURES) notificationFailures.inc({ ...MAIL, reason }, 0);
}
