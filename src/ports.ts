import type { Alert } from './core/alert/alert.ts';
import type { HostReading, HostReport, Instant } from './core/model.ts';
import type { OutgoingMail } from './core/outgoing-mail.ts';
import type { PolicyMemory } from './core/policy/memory.ts';

export type { OutgoingMail };

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
  /** Hands the message to `recipients` alone: those of `mail.to` who are still owed it. */
  send(mail: OutgoingMail, recipients: readonly string[], signal: AbortSignal): Promise<Delivery>;
  close(): void;
}

/** A message in the outbox, with the recipients who are still owed it. */
export interface OutboxRow {
  readonly id: number;
  readonly mail: OutgoingMail;
  /** The recipients who are still owed it. */
  readonly owed: readonly string[];
  readonly createdAt: Instant;
  readonly attempts: number;
  readonly nextAttemptAt: Instant;
  readonly lastFailure: string | null;
}

/** How an attempt to deliver ended. */
export interface AttemptResult {
  /** Nobody left takes the message off the outbox. */
  readonly stillOwed: readonly string[];
  /** Whether anybody took the message this time. */
  readonly wasAccepted: boolean;
  readonly nextAttemptAt: Instant;
  readonly failure: string | null;
}

export interface OutboxState {
  readonly length: number;
  readonly oldestAt: Instant | null;
  /** When the next message is due; it may be past. */
  readonly nextAttemptAt: Instant | null;
}

/**
 * What must survive a restart. Every method but `saveReport` is synchronous; each either happens wholly or throws an
 * error with a message for people. After a failed write (a full disk, for one) the store goes on and later writes may
 * succeed.
 */
export interface Store {
  loadAlerts(): readonly Alert[];
  /**
   * Whether people have a baseline: it was put into the outbox, and no message since was given up before anybody got
   * it. A day after such a loss a new baseline is due, which tells of everything that is open.
   */
  isBaselined(): boolean;
  /**
   * Replaces the alerts and adds messages, in one transaction. Synchronous with `isBaselined`, so that no loss slips between.
   * A new message makes those that wait due as well, so that it overtakes none.
   */
  saveAlerts(
    alerts: readonly Alert[],
    mails: readonly OutgoingMail[],
    baselined: boolean,
    now: Instant,
  ): void;
  /** Messages due at `now`, oldest first. */
  dueMails(now: Instant): readonly OutboxRow[];
  /** How many messages wait, since when the oldest does, and when the next is due. */
  outboxState(): OutboxState;
  recordAttempt(id: number, result: AttemptResult): void;
  /** Lets every waiting message wait at least until then: the server, not a message, is the trouble. */
  postponeMails(until: Instant): void;
  /** Makes every waiting message due: after a start or a change of the configuration another try is worth it. */
  hurryMails(now: Instant): void;
  /** Gives a message up, keeping it for inspection. */
  discardMail(id: number, failure: string, now: Instant): void;
  /** What judging must know of earlier scans. */
  loadMemory(): PolicyMemory;
  saveMemory(memory: PolicyMemory): void;
  /** The last good reading of each host, so that a restart does not begin blind. */
  loadReports(): readonly { readonly host: string; readonly report: HostReading }[];
  /** Not synchronous, since readings are large; rejects where others throw. Nothing is done for a failed report. */
  saveReport(report: HostReport): Promise<void>;
  close(): void;
}

/** Structured log; values are escaped by the implementation. Never hand it a secret. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
}
export type LogFields = Readonly<Record<string, string | number | boolean | null>>;
