import {
  eventMessage,
  readServiceEvent,
  type ServiceEvent,
  type ServiceEventName,
} from '../../src/agent/service-events.ts';
import type { HostLog } from './host-log.ts';

/** Writes into the event log of Windows. @returns 0, or the error of Windows */
export type ReportEvent = (event: ServiceEvent) => number;

/** The event log, which may be full, or stopped: then the host's own log says so once. Never throws. */
export interface EventWriter {
  /** What the agent sent. What is no event, or not as it should be, is left alone. */
  heard(message: unknown): void;
  tell(event: ServiceEventName, text: string): void;
}

export function createEventWriter(report: ReportEvent, log: HostLog): EventWriter {
  let failed = 0;
  const write = (message: unknown): void => {
    const event = readServiceEvent(message);
    if (event === null) return;
    const error = tried(event);
    if (error !== null && failed === 0) log(`events cannot be written into the event log: ${error}`);
    if (error === null && failed > 0) log(`the event log takes events again; ${failed} are missing`);
    failed = error === null ? 0 : failed + 1;
  };
  const tried = (event: ServiceEvent): string | null => {
    try {
      const error = report(event);
      return error === 0 ? null : `error ${error}`;
    } catch (error) {
      return String(error);
    }
  };
  return { heard: write, tell: (event, text) => write(eventMessage(event, text)) };
}
