import { errorText, nothingKnownText } from '../core/coverage.ts';
import { plainText } from '../core/render/plain-text.ts';
import { WORST_FIRST } from '../core/severity.ts';
import { countExcepted, countTroubles } from '../core/trouble.ts';
import { count } from '../core/units.ts';
import { type AgentView, sortedHosts, vmRows } from '../core/view.ts';
import type { WrittenMail } from '../notifier/folder.ts';
import type { Clock, Logger } from '../ports.ts';

/** What the demo prints while it runs: one line for each thing that happens, all in one style and in order of time. */
export interface DemoLog {
  /** A line for each host that was not read or is read again, and one when the picture has changed. */
  viewed(view: AgentView): void;
  /** @param path of the message, as it is shown */
  written(mail: WrittenMail, path: string): void;
  /** The agent's log without what `viewed` tells. */
  readonly logger: Logger;
}

/** Each line bears the moment at which it is written: the moments of views would run backwards between the mails. */
export function createDemoLog(clock: Clock, write: (line: string) => void, logger: Logger): DemoLog {
  const tell = (text: string): void => write(`${clockText(clock)}  ${text}\n`);
  const unread = new Map<string, string>();
  let last = '';
  return {
    viewed(view) {
      for (const text of changedHosts(view, unread)) tell(text);
      const text = picture(view);
      if (text !== last) tell(text);
      last = text;
    },
    written: ({ subject, state }, path) =>
      tell(`mail${state === '' ? '' : ` (${state})`}: "${plainText(subject)}" → ${path}`),
    logger: {
      ...logger,
      debug: () => {},
      info: () => {},
      warn(message, fields) {
        if (message !== 'host was not read') logger.warn(message, fields);
      },
    },
  };
}

/** What has changed about how hosts are read since the last time; remembers it. */
function changedHosts({ inventory }: AgentView, unread: Map<string, string>): readonly string[] {
  return sortedHosts(inventory).flatMap(({ host, attempt }) => {
    const error = attempt?.error ?? null;
    const why = error === null ? undefined : plainText(errorText(error));
    if (why === unread.get(host)) return [];
    if (why === undefined) unread.delete(host);
    else unread.set(host, why);
    return [why === undefined ? `${host} is read again` : `${host} is not read: ${why}`];
  });
}

function picture(view: AgentView): string {
  const nothingKnown = nothingKnownText(view);
  if (nothingKnown !== null) return nothingKnown;
  const counts = countTroubles(view.findings);
  const excepted = countExcepted(view.findings);
  const found = [
    ...WORST_FIRST.map((severity) => `${counts[severity]} ${severity}`),
    ...(excepted === 0 ? [] : [`${excepted} excepted`]),
  ].join(', ');
  const unread = sortedHosts(view.inventory).filter(({ attempt }) => attempt?.error != null);
  const but = unread.length === 0 ? '' : `; not read: ${unread.map(({ host }) => host).join(', ')}`;
  return `${found} on ${count(vmRows(view).length, 'VM')}${but}`;
}

function clockText(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(5, 16).replace('T', ' ');
}
