import type { Instant } from '../model.ts';
import { compareSeverity } from '../severity.ts';
import type { Alert, ChangeNotification, ChangeReason, Notification } from './alert.ts';
import { openAlerts } from './alert.ts';

export interface NotificationState {
  /** Whether people already have a baseline: `Store.isBaselined`. */
  readonly isBaselined: boolean;
  /** Whether any host was read in this look: `anyHostRead`. */
  readonly anyHostRead: boolean;
}

/**
 * What people have yet to be told, by comparing the alerts with what they were told, not with what was seen before.
 * Without a baseline that is the baseline alone, as soon as there is anything to say: a host that was read, or an
 * alert about none having been.
 */
export function dueNotifications(
  alerts: readonly Alert[],
  { isBaselined, anyHostRead }: NotificationState,
): readonly Notification[] {
  if (!isBaselined) {
    const open = openAlerts(alerts).filter(({ finding }) => finding.exception === null);
    return anyHostRead || open.length > 0 ? [{ reason: 'baseline', alerts: open }] : [];
  }
  return alerts.flatMap((alert): ChangeNotification[] => {
    const reason = changeReason(alert);
    return reason === null ? [] : [{ reason, alert }];
  });
}

/**
 * The alerts after people were told: nothing is owed any more, unless something changed between. Call it when the
 * messages are safely in the outbox, and save both in one transaction.
 */
export function markNotified(
  alerts: readonly Alert[],
  notifications: readonly Notification[],
  now: Instant,
): readonly Alert[] {
  const isBaseline = notifications.some(({ reason }) => reason === 'baseline');
  const begun = new Map<string, Alert>();
  const ended = new Set<string>();
  for (const notification of notifications) {
    if (notification.reason === 'baseline') {
      for (const alert of notification.alerts) begun.set(alert.key, alert);
    } else if (notification.reason === 'resolved') ended.add(notification.alert.key);
    else begun.set(notification.alert.key, notification.alert);
  }
  return alerts.flatMap((alert) => {
    const toldAlert = begun.get(alert.key);
    if (toldAlert !== undefined) {
      const told = { severity: toldAlert.finding.severity, at: now };
      return [{ ...alert, told, milderSince: null }];
    }
    // A baseline lists what is open; what is not on it is over or excepted, and needs no word of its own.
    const isToldOver = ended.has(alert.key) || isBaseline;
    if (!isToldOver) return [alert];
    return alert.endedAt === null ? [{ ...alert, told: null, milderSince: null }] : [];
  });
}

/**
 * Nobody is told of what an exception covers; but its end is told to those who heard of it before, and it is new to all
 * when the exception has ended.
 */
function changeReason({ told, endedAt, finding }: Alert): ChangeReason | null {
  if (endedAt !== null) return told === null ? null : 'resolved';
  if (finding.exception !== null) return null;
  if (told === null || told.wasExcepted === true) return 'new';
  return compareSeverity(finding.severity, told.severity) > 0 ? 'worse' : null;
}
