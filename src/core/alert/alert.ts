import type { Finding } from '../finding.ts';
import type { Instant } from '../model.ts';
import type { Severity } from '../severity.ts';

/**
 * A finding with a life. Only findings of warning and critical become alerts: an info is shown and reported, but
 * nobody is called for it, and one that turns into a warning is news.
 */
export interface Alert {
  /** `findingKey` of its finding: rule and subject, neither host nor severity. */
  readonly key: string;
  /** The finding as last seen at warning or critical. */
  readonly finding: Finding;
  readonly startedAt: Instant;
  readonly lastSeenAt: Instant;
  /** Different looks in a row that proved it gone; see `looksToEnd`. */
  readonly absences: number;
  /** The reading that proved it gone last, by its moment: the same one does not count twice. */
  readonly absentAt: Instant | null;
  /** When it ended; kept until somebody was told. */
  readonly endedAt: Instant | null;
  /** Since when it is, without a break, milder than what was told; `null` while it is not. */
  readonly milderSince: Instant | null;
  /** What people were last told, and when; `null` while they were told nothing, or were told that it ended. */
  readonly told: Told | null;
}

export interface Told {
  readonly severity: Severity;
  readonly at: Instant;
  /** An exception covered it since: when that ends, it is news again. */
  readonly wasExcepted?: true;
}

/** Something people have yet to be told. */
export type Notification = BaselineNotification | ChangeNotification;

/** Everything that is open, at the start of a new or lost history. Tells of all of it at once. */
export interface BaselineNotification {
  readonly reason: 'baseline';
  readonly alerts: readonly Alert[];
}

export type ChangeReason = 'new' | 'worse' | 'resolved';

export interface ChangeNotification {
  readonly reason: ChangeReason;
  readonly alert: Alert;
}

/** Alerts that have not ended, those that an exception covers among them. */
export function openAlerts(alerts: readonly Alert[]): readonly Alert[] {
  return alerts.filter((alert) => alert.endedAt === null);
}
