import { EVENTS_PER_HOUR } from './event-limit.ts';
import { EVENT_SEVERITIES, MAX_EVENT_ID, MAX_EVENT_TEXT, SERVICE_EVENTS } from './service-events.ts';

const HEAD = `# Events

<!-- Generated from src/agent/service-events.ts by "npm run golden". Do not edit. -->

As a Windows service the agent tells the event log what an administrator would want to be called for: source
\`hyperv-checkpoint-agent\` (the name of the service) in the Application log. Details are in the agent's own log,
[\`log\`](configuration.md#log). Numbers and levels stay as they are; the texts may change.

\`\`\`powershell
Get-WinEvent -FilterHashtable @{ LogName = 'Application'; ProviderName = 'hyperv-checkpoint-agent'; Level = 2, 3 }
\`\`\`
`;

const RULES = `- **Changes only.** What lasts is told when it begins and when it ends. An agent that starts anew does not know what an
  earlier life told: a host that is not read then is told once more, and one that is read again is not.
- **At most ${EVENTS_PER_HOUR} events of one id in any hour.** What comes above is counted, and told in one event when there is room again.
- **At most once.** Events are not kept: one that is told while nobody writes it is lost. Whoever must not miss anything
  takes [mail](configuration.md#mail), which is kept until it is delivered, or the [metrics](metrics.md).
- **300 to 302** follow the rules of mail (what is new, worse or over; never what an exception covers), whether or not mail is
  configured. What was open when the agent started, or when they were switched on, is not told; its end is.
- Names of VMs and texts of others stand in them without control characters, and no password does.
- Without the service host (in a console, under another wrapper, on Linux) there is no event log and nothing is missing but that.
`;

const CONTRACT = `## Between the agent and its service host

For whoever writes another host. The host starts \`checkpoint-agent run --stop-on-stdin-end\` with an IPC channel of
Node.js; the agent sends one object for each event, and expects no answer:

\`\`\`json
{ "type": "event", "id": 200, "severity": "warning", "text": "hv01 was not read: …" }
\`\`\`

| key | |
| --- | --- |
| \`type\` | \`event\`; the agent also sends \`{ "type": "ready" }\` once it listens. Ignore what you do not know |
| \`id\` | whole number from 1 to ${MAX_EVENT_ID}: those that EventCreate.exe, as the source's message file, has a text for |
| \`severity\` | ${EVENT_SEVERITIES.map((severity) => `\`${severity}\``).join(', ')}: EVENTLOG_INFORMATION_TYPE, EVENTLOG_WARNING_TYPE, EVENTLOG_ERROR_TYPE |
| \`text\` | one line, at most ${MAX_EVENT_TEXT.toLocaleString('en')} UTF-16 units, of which Windows takes 31,839 |

The host checks all of it once more (\`readServiceEvent\`), writes it with \`ReportEventW\`, and tells
${SERVICE_EVENTS.crashed.id} itself. The last event, ${SERVICE_EVENTS.stopped.id}, is sent just before the agent ends: it may be read after \`exit\`, but never after \`disconnect\`.
`;

/** docs/events.md, made from the table of events. */
export function eventsPage(): string {
  return [
    HEAD,
    '| id | level | when | what to do |',
    '| --- | --- | --- | --- |',
    ...Object.values(SERVICE_EVENTS).map(
      ({ id, severity, when, advice }) => `| ${id} | ${severity} | ${when} | ${advice} |`,
    ),
    '',
    RULES,
    CONTRACT,
  ].join('\n');
}
