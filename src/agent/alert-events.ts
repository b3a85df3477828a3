import { type Alert, openAlerts } from '../core/alert/alert.ts';
import type { Observation } from '../core/alert/completeness.ts';
import { dueNotifications, markNotified } from '../core/alert/notification.ts';
import { observe } from '../core/alert/observe.ts';
import type { Instant } from '../core/model.ts';
import { alertEventText } from '../core/render/event-text.ts';
import type { EventLog } from './event-log.ts';

/**
 * Tells the event log what is new, worse and resolved, by the rules of mail, but with a memory of its own: whether mail
 * is configured or delivered does not matter. The memory ends with the process. What was open before counts as told,
 * so that a start repeats nothing.
 */
export interface AlertEvents {
  /** Told of every look at all hosts. */
  observed(observation: Observation, now: Instant): void;
  /** Whether anything is told from now on; what happens meanwhile is not told later. */
  use(isOn: boolean): void;
}

/** @param known the alerts of an earlier life */
export function createAlertEvents(
  known: readonly Alert[],
  isOnAtFirst: boolean,
  eventLog: EventLog,
): AlertEvents {
  let alerts: readonly Alert[] = openAlerts(known).map(asTold);
  let isOn = isOnAtFirst;
  return {
    use(next) {
      isOn = next;
    },
    observed(observation, now) {
      const observed = observe(alerts, observation, now);
      const due = dueNotifications(observed, { isBaselined: true, anyHostRead: true });
      alerts = markNotified(observed, due, now);
      if (!isOn) return;
      for (const notification of due) {
        if (notification.reason === 'baseline') continue;
        const { reason, alert } = notification;
        const begun = alert.finding.severity === 'critical' ? 'alertCritical' : 'alertWarning';
        eventLog.tell(reason === 'resolved' ? 'alertResolved' : begun, alertEventText(notification));
      }
    },
  };
}

/** What an exception covers was told to nobody, unless that was before. */
function asTold(alert: Alert): Alert {
  const { severity, exception } = alert.finding;
  const told = exception === null ? { severity, at: alert.lastSeenAt } : alert.told;
  return { ...alert, milderSince: null, told };
}
