import { MINUTE_MS } from '../core/units.ts';
import type { SelfMetrics } from '../exporter/self-metrics.ts';
import { createOutbox } from '../notifier/outbox.ts';
import type { Clock, Logger, Notifier, Store, Timers } from '../ports.ts';
import { createDeliveryLog } from './delivery-log.ts';
import type { EventLog } from './event-log.ts';
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
  /** `null` when there is none. */
  readonly eventLog: EventLog | null;
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
