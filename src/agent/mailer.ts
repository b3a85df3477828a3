import { MINUTE_MS } from '../core/units.ts';
import type { SelfMetrics } from '../exporter/self-metrics.ts';
import { createOutbox, type OutboxEvent } from '../notifier/outbox.ts';
import { isServersFault } from '../notifier/retry-plan.ts';
import type { Clock, DeliveryFailure, Logger, Notifier, Store, Timers } from '../ports.ts';
import { errorText } from './logger.ts';

/** How often the outbox is looked at besides after each scan. */
const LOOK_EVERY_MS = MINUTE_MS;

export interface MailerDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly logger: Logger;
  readonly store: Store;
  readonly selfMetrics: SelfMetrics;
}

/** Delivers what is in the outbox, in the background. */
export interface Mailer {
  /** Another way to send from now on; `null` leaves messages where they are. What waits is worth another try then. */
  use(notifier: Notifier | null): void;
  /** Looks at the outbox now, or as soon as the delivery under way has ended. */
  deliverSoon(): void;
  /** Ends the delivery under way; what was not sent stays in the outbox. */
  stop(): Promise<void>;
}

export function startMailer(initial: Notifier | null, deps: MailerDeps): Mailer {
  const { timers, logger, store, clock, selfMetrics } = deps;
  const outbox = createOutbox(deps);
  const stopping = new AbortController();
  const log = createDeliveryLog(deps);
  let notifier = initial;
  let round: Promise<void> = Promise.resolve();
  let isWaiting = false;
  let cancelLook = (): void => {};

  const deliver = async (): Promise<void> => {
    isWaiting = false;
    if (notifier === null || stopping.signal.aborted) return;
    try {
      for (const event of await outbox.deliver(notifier, stopping.signal)) log(event);
      selfMetrics.mailsQueued(store.outboxState().length);
    } catch (error) {
      logger.error('the outbox could not be read or written', { error: errorText(error) });
    }
  };
  const deliverSoon = (): void => {
    if (isWaiting) return;
    isWaiting = true;
    round = round.then(deliver);
  };
  const lookAgain = (): void => {
    cancelLook = timers.after(LOOK_EVERY_MS, () => {
      lookAgain();
      deliverSoon();
    });
  };
  const hurry = (): void => {
    try {
      store.hurryMails(clock.now());
    } catch (error) {
      logger.error('the outbox could not be written', { error: errorText(error) });
    }
  };

  hurry();
  lookAgain();
  deliverSoon();
  return {
    use(next) {
      const before = notifier;
      notifier = next;
      // A delivery under way still uses the old one.
      round = round.then(() => before?.close());
      hurry();
      deliverSoon();
    },
    deliverSoon,
    async stop() {
      stopping.abort();
      cancelLook();
      await round;
      notifier?.close();
    },
  };
}

/**
 * Counts every event, and logs a failure that lasts when it begins and when it ends. One that is the server's, or of
 * the way to it, concerns all messages; any other concerns its message alone.
 */
function createDeliveryLog({ logger, clock, selfMetrics }: MailerDeps): (event: OutboxEvent) => void {
  const outage = new Set<DeliveryFailure>();
  const held = new Set<string>();
  return (event) => {
    const { subject } = event;
    switch (event.type) {
      case 'sent':
        selfMetrics.mailDelivered(clock.now());
        if (outage.size > 0) logger.info('mail is delivered again');
        outage.clear();
        held.delete(subject);
        logger.info('mail sent', { subject, recipients: event.recipients });
        return;
      case 'refused':
        selfMetrics.mailFailed('rejected');
        logger.warn('a recipient was refused for good', {
          subject,
          address: event.address,
          detail: event.detail,
        });
        return;
      case 'discarded':
        held.delete(subject);
        logger.error('a mail was given up', { subject, detail: event.detail });
        return;
      case 'failed': {
        const { reason, detail, retry } = event;
        selfMetrics.mailFailed(reason);
        if (isServersFault(reason) ? outage.has(reason) : held.has(subject)) return;
        if (isServersFault(reason)) outage.add(reason);
        else held.add(subject);
        logger.warn('mail was not delivered; it is kept and tried again', {
          subject,
          reason,
          detail,
          needsAttention: !retry,
          nextAttempt: new Date(event.nextAttemptAt).toISOString(),
        });
      }
    }
  };
}
