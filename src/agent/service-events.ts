import { plainText } from '../core/render/plain-text.ts';

export const EVENT_SEVERITIES = ['information', 'warning', 'error'] as const;
export type EventSeverity = (typeof EVENT_SEVERITIES)[number];

/** One kind of event in the event log of Windows. Numbers are public: people filter by them. */
export interface ServiceEventKind {
  readonly id: number;
  readonly severity: EventSeverity;
  readonly when: string;
  readonly advice: string;
}

export const SERVICE_EVENTS = {
  started: {
    id: 100,
    severity: 'information',
    when: 'The agent has started, and listens.',
    advice: 'Nothing.',
  },
  stopped: {
    id: 101,
    severity: 'information',
    when: 'The agent has stopped because it was asked to.',
    advice: 'Nothing, if somebody meant it. Nobody watches meanwhile.',
  },
  reloaded: {
    id: 110,
    severity: 'information',
    when: 'A changed configuration is in force.',
    advice: 'Nothing.',
  },
  refused: {
    id: 111,
    severity: 'warning',
    when: 'A changed configuration has errors, or its file may not be read, or another program has held it for ten seconds; the one before stays in force. The event says which, or the first error.',
    advice:
      '`checkpoint-agent config check` says all errors, with line and column. A file that is held, or may not be read, is taken over when it can be read.',
  },
  scanFailed: {
    id: 200,
    severity: 'warning',
    when: 'A host was not read, or for another reason than before; or a scan failed by a fault of the agent itself. Not repeated while that lasts.',
    advice: 'The event says what it needs; [errors.md](errors.md) has every code.',
  },
  scanRecovered: {
    id: 201,
    severity: 'information',
    when: 'The host is read again, or what is found is shown again.',
    advice: 'Nothing.',
  },
  alertWarning: {
    id: 300,
    severity: 'warning',
    when: 'A finding of severity warning is new. Only with `log.event_log_alerts`.',
    advice: 'The event says what was found and what to do; `checkpoint-agent explain` says more.',
  },
  alertCritical: {
    id: 301,
    severity: 'error',
    when: 'A finding of severity critical is new, or a warning became one. Only with `log.event_log_alerts`.',
    advice: 'As above.',
  },
  alertResolved: {
    id: 302,
    severity: 'information',
    when: 'A finding that was told is over. Only with `log.event_log_alerts`.',
    advice: 'Nothing.',
  },
  mailFailing: {
    id: 400,
    severity: 'warning',
    when: 'Mail cannot be delivered and is kept, or a mail was given up.',
    advice: 'The event says what the mail server answered, or why it was not reached.',
  },
  mailRecovered: {
    id: 401,
    severity: 'information',
    when: 'Mail is delivered again.',
    advice: 'Nothing.',
  },
  stateFailing: {
    id: 500,
    severity: 'error',
    when: 'The state cannot be written, as on a full disk; once more when that keeps alerts from being stored: then nothing is mailed until it can. Scans, metrics and checks go on.',
    advice:
      'The event says what the file system answered. Make room, or mend the rights of the state folder.',
  },
  stateRecovered: {
    id: 501,
    severity: 'information',
    when: 'The state is written again; what people were owed has gone out, or goes out now.',
    advice: 'Nothing.',
  },
  crashed: {
    id: 900,
    severity: 'error',
    when: 'The agent ended although nobody asked it to, did not become ready, or could not be started. The service host tells this one.',
    advice:
      '`agent-output.log` and `service-host.log` in the folder of the logs. Windows starts the service anew, if it is set up to.',
  },
} as const satisfies Readonly<Record<string, ServiceEventKind>>;

export type ServiceEventName = keyof typeof SERVICE_EVENTS;

/** What the agent hands to its service host, to be written into the event log. */
export interface ServiceEvent {
  readonly id: number;
  readonly severity: EventSeverity;
  /** One line without control characters. */
  readonly text: string;
}

/** Ids that a source registered with EventCreate.exe has messages for. */
export const MAX_EVENT_ID = 1000;

/** Windows takes 31,839 characters. */
export const MAX_EVENT_TEXT = 30_000;

/** The message of an event, as it goes over the channel. */
export function eventMessage(
  name: ServiceEventName,
  text: string,
): ServiceEvent & { readonly type: 'event' } {
  const { id, severity } = SERVICE_EVENTS[name];
  return { type: 'event', id, severity, text: eventText(text) };
}

/** What a message of the agent asks to be written, fit for being written; `null` when it is no event. */
export function readServiceEvent(message: unknown): ServiceEvent | null {
  if (typeof message !== 'object' || message === null) return null;
  const { type, id, severity, text } = message as Readonly<Record<string, unknown>>;
  const known = EVENT_SEVERITIES.find((each) => each === severity);
  if (type !== 'event' || known === undefined || typeof text !== 'string') return null;
  if (typeof id !== 'number' || !Number.isInteger(id) || id < 1 || id > MAX_EVENT_ID) return null;
  return { id, severity: known, text: eventText(text) };
}

function eventText(text: string): string {
  return plainText(text.slice(0, MAX_EVENT_TEXT), MAX_EVENT_TEXT);
}
