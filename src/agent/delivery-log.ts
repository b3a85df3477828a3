import { formatInstant } from '../core/render/instant-text.ts';
import { plainText } from '../core/render/plain-text.ts';
import type { SelfMetrics } from '../exporter/self-metrics.ts';
import type { OutboxEvent } from '../notifier/outbox.ts';
import { isServersFault } from '../notifier/retry-plan.ts';
import type { Clock, DeliveryFailure, Logger } from '../ports.ts';
import type { EventLog } from './event-log.ts';

export interface DeliveryLogDeps {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly selfMetrics: SelfMetrics;
  /** `null` when there is none. */
  readonly eventLog: EventLog | null;
}

/**
 * Counts every event, and logs a failure that lasts when it begins and when it ends. One that is the server's, or of
 * the way to it, concerns all messages; any other concerns its message alone. The event log hears of the first of all
 * failures, and when none is left.
 */
export function createDeliveryLog(deps: DeliveryLogDeps): (event: OutboxEvent) => void {
  const { logger, clock, selfMetrics, eventLog } = deps;
  const outage = new Set<DeliveryFailure>();
  const held = new Set<string>();
  let isFailing = false;
  return (event) => {
    const { subject } = event;
    switch (event.type) {
      case 'sent':
        selfMetrics.mailDelivered(clock.now());
        if (outage.size > 0) logger.info('mail is delivered again');
        outage.clear();
        held.delete(subject);
        logger.info('mail sent', { subject, recipients: event.recipients });
        if (isFailing && held.size === 0) {
          isFailing = false;
          eventLog?.tell('mailRecovered', 'Mail is delivered again.');
        }
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
        isFailing = true;
        eventLog?.tell('mailFailing', `A mail was given up: "${plainText(subject)}": ${said(event.detail)}`);
        return;
      case 'failed': {
        const { reason, detail, retry } = event;
        selfMetrics.mailFailed(reason);
        const nextAttempt = new Date(event.nextAttemptAt).toISOString();
        if (isServersFault(reason) ? outage.has(reason) : held.has(subject)) {
          logger.debug('mail was not delivered, as before', { subject, reason, detail, nextAttempt });
          return;
        }
        if (isServersFault(reason)) outage.add(reason);
        else held.add(subject);
        logger.warn('mail was not delivered; it is kept and tried again', {
          subject,
          reason,
          detail,
          needsAttention: !retry,
          nextAttempt,
        });
        if (!isFailing) eventLog?.tell('mailFailing', failingText(event));
        isFailing = true;
      }
    }
  };
}

function failingText({ reason, detail, retry, nextAttemptAt }: OutboxEvent & { type: 'failed' }): string {
  const hands = retry ? '' : ' Waiting alone will not mend it.';
  return `Mail is not delivered (${reason}): ${said(detail)} It is kept and tried again, next at ${formatInstant(nextAttemptAt, null)}.${hands}`;
}

/** What somebody else said, as a sentence. */
function said(detail: string): string {
  const text = plainText(detail, 500);
  return /[.!?…]$/.test(text) ? text : `${text}.`;
}
