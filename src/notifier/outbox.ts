import type { Instant } from '../core/model.ts';
import type {
  AttemptResult,
  Clock,
  Delivery,
  DeliveryFailure,
  Notifier,
  OutboxRow,
  Store,
} from '../ports.ts';
import { GIVE_UP_AFTER_MS, isServersFault, waitMs } from './retry-plan.ts';

/** What became of a message in a round. */
export type OutboxEvent =
  | { readonly type: 'sent'; readonly subject: string; readonly recipients: number }
  | { readonly type: 'refused'; readonly subject: string; readonly address: string; readonly detail: string }
  | {
      readonly type: 'failed';
      readonly subject: string;
      readonly reason: DeliveryFailure;
      readonly detail: string;
      /** Whether waiting alone may mend it. */
      readonly retry: boolean;
      readonly nextAttemptAt: Instant;
    }
  /** Given up; nobody is owed it any more. */
  | { readonly type: 'discarded'; readonly subject: string; readonly detail: string };

export interface OutboxDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** From 0 to 1. */
  readonly random: () => number;
}

export interface Outbox {
  /**
   * Delivers the messages that are due, one after the other, and stops at the first failure that the next would share.
   * At least once: what was sent but could not be recorded is sent again after a crash, under the same Message-ID.
   * One round at a time. Rejects only when the store fails; what was sent by then is not sent again.
   */
  deliver(notifier: Notifier, signal: AbortSignal): Promise<readonly OutboxEvent[]>;
}

export function createOutbox({ store, clock, random }: OutboxDeps): Outbox {
  /** Sent, but the store could not be written: to be recorded before anything else, and not to be sent again. */
  const unrecorded = new Map<number, () => void>();

  const record = (id: number, write: () => void): void => {
    unrecorded.set(id, write);
    write();
    unrecorded.delete(id);
  };

  /** Writes down how a delivery ended. @returns whether the next message is worth a try */
  const settle = (row: OutboxRow, delivery: Delivery, events: OutboxEvent[]): boolean => {
    const now = clock.now();
    const { subject } = row.mail;
    const result = resultOf(
      row,
      delivery,
      now + waitMs({ attempts: row.attempts + 1, retry: delivery.failure?.retry ?? true }, random()),
    );
    const { accepted, refused, failure } = delivery;
    if (accepted.length > 0) events.push({ type: 'sent', subject, recipients: accepted.length });
    for (const each of refused) events.push({ type: 'refused', subject, ...each });
    if (result.stillOwed.length === 0) {
      const nobodyTookIt = accepted.length === 0;
      record(row.id, () =>
        nobodyTookIt
          ? store.discardMail(row.id, result.failure ?? 'every recipient was refused', now)
          : store.recordAttempt(row.id, result),
      );
      if (nobodyTookIt) events.push({ type: 'discarded', subject, detail: 'every recipient was refused' });
      return true;
    }
    record(row.id, () => store.recordAttempt(row.id, result));
    const { reason, detail, retry } = failure ?? NO_ANSWER;
    if (isExpired(row, now)) discard(row, detail, events);
    else events.push({ type: 'failed', subject, reason, detail, retry, nextAttemptAt: result.nextAttemptAt });
    if (!isServersFault(reason)) return true;
    store.postponeMails(result.nextAttemptAt);
    return false;
  };

  const discard = (row: OutboxRow, detail: string, events: OutboxEvent[]): void => {
    const text = `not delivered within three days: ${detail}`;
    store.discardMail(row.id, text, clock.now());
    events.push({ type: 'discarded', subject: row.mail.subject, detail: text });
  };

  return {
    async deliver(notifier, signal) {
      for (const write of [...unrecorded.values()]) write();
      unrecorded.clear();
      const events: OutboxEvent[] = [];
      const due = store.dueMails(clock.now());
      for (const [index, row] of due.entries()) {
        if (signal.aborted) break;
        const delivery = await notifier.send(row.mail, row.owed, signal);
        if (wasInterrupted(delivery, signal)) break;
        if (settle(row, delivery, events)) continue;
        const detail = delivery.failure?.detail ?? NO_ANSWER.detail;
        for (const other of due.slice(index + 1)) {
          if (isExpired(other, clock.now())) discard(other, detail, events);
        }
        break;
      }
      return events;
    },
  };
}

const NO_ANSWER = { reason: 'other', detail: 'no answer about a recipient', retry: true } as const;

function resultOf(row: OutboxRow, delivery: Delivery, nextAttemptAt: Instant): AttemptResult {
  const settled = new Set([...delivery.accepted, ...delivery.refused.map(({ address }) => address)]);
  return {
    stillOwed: row.owed.filter((address) => !settled.has(address)),
    wasAccepted: delivery.accepted.length > 0,
    nextAttemptAt,
    failure: delivery.failure?.detail ?? null,
  };
}

/** The agent was stopped meanwhile: that is no failure of the server, and no attempt to count. */
function wasInterrupted({ accepted, refused, failure }: Delivery, signal: AbortSignal): boolean {
  return signal.aborted && failure !== null && accepted.length === 0 && refused.length === 0;
}

function isExpired(row: OutboxRow, now: Instant): boolean {
  return now - row.createdAt > GIVE_UP_AFTER_MS;
}
