/** Has Wine, which keeps no event log, print what its functions for that are called with. */
export const WITH_EVENTS = '-all,+advapi,+eventlog';

/** A call of `ReportEventW`. */
export interface ReportedEvent {
  /** The name that the source was opened by. */
  readonly source: string;
  readonly type: number;
  readonly id: number;
  readonly text: string;
}

/** What was written into the event log, in order, by what Wine printed meanwhile. */
export function reportedEvents(trace: string): readonly ReportedEvent[] {
  const [, source] = /:RegisterEventSourceW \(\(null\),L"(.*)"\)/.exec(trace) ?? [];
  const calls = trace.matchAll(
    /:ReportEventW \(\w+,0x(\w{4}),0x\w{4},0x(\w{8}),.*\n\w+:\w+:eventlog:ReportEventW L"(.*)"/g,
  );
  return [...calls].map(([, type = '', id = '', text = '']) => ({
    source: source ?? '',
    type: Number.parseInt(type, 16),
    id: Number.parseInt(id, 16),
    // Wine writes what is not ASCII as a backslash and four digits.
    text: text.replaceAll(/\\([0-9a-f]{4})/g, (_, digits) =>
      String.fromCharCode(Number.parseInt(digits, 16)),
    ),
  }));
}
