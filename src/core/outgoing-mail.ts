import type { Instant } from './model.ts';

/** A message ready to be sent, to one set of recipients. */
export interface OutgoingMail {
  /** Deterministic: a message sent twice carries the same. With angle brackets. */
  readonly messageId: string;
  /** The synthetic root of the thread it belongs to; with angle brackets. */
  readonly threadId: string | null;
  /** When it was composed; a message sent twice carries the same date. */
  readonly composedAt: Instant;
  readonly from: string;
  /** Everybody it is meant for, as its head shows. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** Additional headers, such as the state for people who filter. */
  readonly headers: Readonly<Record<string, string>>;
}
