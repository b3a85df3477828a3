import type { EventSeverity } from '../../src/agent/service-events.ts';
import type { ReportEvent } from './event-writer.ts';

/** How Windows numbers the severities of events. */
const EVENT_TYPE: Readonly<Record<EventSeverity, number>> = { error: 1, warning: 2, information: 4 };

/**
 * A source of the event log, by the name of the service. The installer registers it with EventCreate.exe as its file of
 * messages; without that the event log takes the events all the same, and shows them with an excuse around them.
 */
export async function openEventSource(name: string): Promise<ReportEvent> {
  const { default: koffi } = await import('koffi');
  const advapi = koffi.load('advapi32.dll');
  const getLastError = koffi.load('kernel32.dll').func('uint32 __stdcall GetLastError()');
  const register = advapi.func('void * __stdcall RegisterEventSourceW(str16 server, str16 name)');
  const report = advapi.func(
    'int __stdcall ReportEventW(void *source, uint16 type, uint16 category, uint32 id, void *user, uint16 texts, uint32 bytes, str16 *text, void *data)',
  );
  // Asked for anew while it could not be had: at the start of Windows the event log may come later.
  let source: unknown = null;
  return ({ id, severity, text }) => {
    source ??= register(null, name);
    if (source === null) return getLastError();
    return report(source, EVENT_TYPE[severity], 0, id, null, 1, 0, [text], null) ? 0 : getLastError();
  };
}
