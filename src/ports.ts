import type { Alert } from './core/alert/alert.ts';
import type { HostReport, Instant } from './core/model.ts';

/** Time comes from here and nowhere else. */
export interface Clock {
  /** Wall clock, UTC. */
  now(): Instant;
  /** Milliseconds on a clock that never steps; only differences mean anything. */
  monotonicMs(): number;
}

/** Calls back later, on a clock that never steps. */
export interface Timers {
  /** @returns a function that cancels. */
  after(delayMs: number, action: () => void): () => void;
}

/** Reads one host. Never rejects for a host's sake: whatever goes wrong there is a `failed` report. */
export interface Collector {
  collect(host: string, signal: AbortSignal): Promise<HostReport>;
}

/** A message ready to be sent, to one set of recipients. */
export interface OutgoingMail {
  /** Deterministic: a message sent twice carries the same. With angle brackets. */
  readonly messageId: string;
  /** The synthetic root of the thread it belongs to; with angle brackets. */
  readonly threadId: string | null;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Additional headers, such as the state for people who filter. */
  readonly headers: Readonly<Record<string, string>>;
}

export const DELIVERY_FAILURES = ['auth', 'tls', 'connect', 'timeout', 'rejected', 'other'] as const;
export type DeliveryFailure = (typeof DELIVERY_FAILURES)[number];

/**
 * How a delivery ended. `accepted` and `refused` part the recipients: those in neither list are still owed the message.
 * A refused recipient is never tried again; details carry no secret.
 */
export interface Delivery {
  readonly accepted: readonly string[];
  readonly refused: readonly { readonly address: string; readonly detail: string }[];
  /** Set when somebody is still owed the message. `retry: false` means that waiting alone will not mend it. */
  readonly failure: {
    readonly reason: DeliveryFailure;
    readonly detail: string;
    readonly retry: boolean;
  } | null;
}

/** Sends one message. Never rejects: failures are part of the answer. */
export interface Notifier {
  send(mail: OutgoingMail, signal: AbortSignal): Promise<Delivery>;
  close(): void;
}

/** A message in the outbox, with the recipients who are still owed it. */
export interface OutboxRow {
  readonly id: number;
  readonly mail: OutgoingMail;
  readonly createdAt: Instant;
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly lastFailure: string | null;
}

/** What must survive a restart. Every method is synchronous and either happens wholly or throws. */
export interface Store {
  loadAlerts(): readonly Alert[];
  /** Whether the baseline mail was already put into the outbox. */
  isBaselined(): boolean;
  /** Replaces the alerts and adds messages, in one transaction. */
  saveAlerts(
    alerts: readonly Alert[],
    mails: readonly OutgoingMail[],
    baselined: boolean,
    now: Instant,
  ): void;
  /** Messages due at `now`, oldest first. */
  dueMails(now: Instant): readonly OutboxRow[];
  /** How many messages wait, and since when the oldest does. */
  outboxState(): { readonly length: number; readonly oldestAt: Instant | null };
  /** Records an attempt: who is still owed it, and when to try next; nobody left removes it. */
  recordAttempt(
    id: number,
    stillOwed: readonly string[],
    nextAttemptAt: Instant,
    failure: string | null,
  ): void;
  /** Gives a message up, keeping it for inspection. */
  discardMail(id: number, failure: string, now: Instant): void;
  /** The last good report of each host, as wire text, so that a restart does not begin blind. */
  loadReports(): readonly { readonly host: string; readonly report: HostReport }[];
  saveReport(report: HostReport): void;
  close(): void;
}

/** Structured log; values are escaped by the implementation. Never hand it a secret. */
export interface Logger {
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
