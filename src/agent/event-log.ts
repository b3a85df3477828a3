import { SECOND_MS } from '../core/units.ts';
import { createEventLimit, type EventLimit, type EventLimitWorld } from './event-limit.ts';
import { eventMessage, type ServiceEventName } from './service-events.ts';

/** The event log of Windows, as far as the agent knows of it: a service host that writes what it is handed. */
export interface EventLog {
  /** Never more than some events of one id in an hour; what is above is counted, and that is told. */
  tell(event: ServiceEventName, text: string): void;
  /** Resolves when the service host was handed everything, or does not take it. */
  close(): Promise<void>;
}

/** As `process.send`: calls back when the message is on its way, or cannot be. */
export type SendToHost = (message: object, done: () => void) => void;

/** How long the end of the agent may wait for a service host that takes nothing. */
const CLOSE_LIMIT_MS = SECOND_MS;

export function createEventLog(send: SendToHost, world: EventLimitWorld): EventLog {
  const limits = new Map<ServiceEventName, EventLimit>();
  let underWay = 0;
  let handedOver = (): void => {};

  const limitOf = (event: ServiceEventName): EventLimit => {
    const known = limits.get(event);
    if (known !== undefined) return known;
    const limit = createEventLimit((text) => {
      underWay += 1;
      send(eventMessage(event, text), () => {
        underWay -= 1;
        if (underWay === 0) handedOver();
      });
    }, world);
    limits.set(event, limit);
    return limit;
  };
  return {
    tell: (event, text) => limitOf(event).tell(text),
    async close() {
      for (const limit of limits.values()) limit.close();
      if (underWay === 0) return;
      const { promise, resolve } = Promise.withResolvers<void>();
      handedOver = resolve;
      const cancel = world.timers.after(CLOSE_LIMIT_MS, resolve);
      await promise;
      cancel();
    },
  };
}
