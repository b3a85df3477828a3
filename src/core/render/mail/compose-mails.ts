import type { BaselineNotification, Notification } from '../../alert/alert.ts';
import { coverageGaps, nothingKnownText } from '../../coverage.ts';
import { distinctVms } from '../../inventory.ts';
import type { OutgoingMail } from '../../outgoing-mail.ts';
import { vmSubjectOf } from '../../rules/subject.ts';
import { worstSeverity } from '../../severity.ts';
import { count } from '../../units.ts';
import type { AgentView } from '../../view.ts';
import { type MailSettings, seal } from './envelope.ts';
import { type Group, groupNotifications, openThings, type Thing } from './groups.ts';
import {
  closingBlocks,
  countsText,
  exceptedText,
  notLookedAt,
  type TableMark,
  thingBlocks,
  thingTable,
} from './parts.ts';
import { groupName, identityOf, severityOf, stateOf, topic } from './subject.ts';

/** Above so many VMs and hosts, one mail tells of all. */
const MAX_MAILS = 5;
/** Things of one VM told in full; the others follow in a table. */
const MAX_SECTIONS = 8;

/**
 * The mails that tell of these notifications: the baseline, or one for each VM or host, or a summary of many. Names in
 * them may be hostile. The same notifications give the same Message-IDs.
 */
export function composeMails(
  notifications: readonly Notification[],
  view: AgentView,
  settings: MailSettings,
): readonly OutgoingMail[] {
  const baseline = notifications.find((each) => each.reason === 'baseline');
  if (baseline !== undefined) return [baselineMail(baseline, view, settings)];
  const changes = notifications.filter((each) => each.reason !== 'baseline');
  const groups = groupNotifications(changes, view);
  if (groups.length > MAX_MAILS) return [summaryMail(groups, view, settings)];
  return groups.map((group) => groupMail(group, view, settings));
}

function baselineMail(
  { alerts }: BaselineNotification,
  view: AgentView,
  settings: MailSettings,
): OutgoingMail {
  const findings = alerts.map(({ finding }) => finding);
  const hosts = count(view.inventory.hosts.length, 'host');
  const counts = countsText(findings);
  const nothingKnown = nothingKnownText(view) !== null;
  const vms = nothingKnown ? 'VMs that are not known' : count(distinctVms(view.inventory).length, 'VM');
  const unseen = coverageGaps(view).filter(({ isBlind }) => isBlind).length;
  // "Nothing" may only be said alone where everything was looked at.
  const but = unseen === 0 ? '' : `, but ${count(unseen, 'thing')} not looked at`;
  const excepted = exceptedText(view);
  const nothing = excepted === '' ? 'nothing' : 'nothing else';
  const marked = thingTable(openThings(findings, view), ({ findings: [worst] }) =>
    worst === undefined ? NO_MARK : { tone: worst.severity, text: worst.severity.toUpperCase() },
  );
  return seal(view, settings, {
    subject: `watching ${hosts}: ${counts ?? `nothing found${but}`}`,
    identity: `baseline|${view.now}`,
    thread: null,
    state: 'baseline',
    severity: worstSeverity(findings.map(({ severity }) => severity)) ?? 'none',
    blocks: [
      {
        type: 'lead',
        tone:
          worstSeverity(findings.map(({ severity }) => severity)) ?? (unseen === 0 ? 'resolved' : 'plain'),
        mark: '',
        text: `Watching ${hosts} with ${vms}: ${counts ?? `${nothing} over its limit${but}`}${excepted}.`,
      },
      ...marked,
      {
        type: 'note',
        text: 'This is everything that is open now. From here on only changes are mailed: what is new, what gets worse, what is resolved.',
      },
      { type: 'note', text: notLookedAt(view) },
    ],
  });
}

const NO_MARK = { tone: 'plain', text: '' } as const;

function groupMail(group: Group, view: AgentView, settings: MailSettings): OutgoingMail {
  const told = group.things.slice(0, MAX_SECTIONS);
  const rest = group.things.slice(MAX_SECTIONS);
  return seal(view, settings, {
    subject: `${groupName(group)}: ${topic(group)}`,
    identity: identityOf(group.notifications),
    thread: group.key,
    state: stateOf(group.notifications),
    severity: severityOf(group.notifications),
    blocks: [
      ...told.flatMap(thingBlocks),
      ...thingTable(rest, changeMark),
      ...closingBlocks(view, group.things),
    ],
  });
}

function summaryMail(groups: readonly Group[], view: AgentView, settings: MailSettings): OutgoingMail {
  const notifications = groups.flatMap((group) => group.notifications);
  const things = groups.flatMap((group) => group.things);
  const vms = groups.filter(({ key }) => vmSubjectOf(key) !== null).length;
  const about = [
    ...(vms === 0 ? [] : [count(vms, 'VM')]),
    ...(vms === groups.length ? [] : [count(groups.length - vms, 'host')]),
  ].join(' and ');
  const changes = (['new', 'worse', 'resolved'] as const)
    .map((reason) => [notifications.filter((each) => each.reason === reason).length, reason] as const)
    .flatMap(([number, reason]) => (number === 0 ? [] : [`${number} ${reason}`]))
    .join(', ');
  const begun = notifications.filter(({ reason }) => reason !== 'resolved');
  const counts = countsText(begun.map(({ alert }) => alert.finding));
  return seal(view, settings, {
    subject: `${about}: ${changes}`,
    identity: identityOf(notifications),
    thread: null,
    state: 'summary',
    severity: severityOf(notifications),
    blocks: [
      {
        type: 'lead',
        tone: worstSeverity(begun.map(({ alert }) => alert.finding.severity)) ?? 'resolved',
        mark: '',
        text: `Much has changed at once, on ${about}: ${changes}${counts === null ? '' : ` (${counts})`}.`,
      },
      ...thingTable(things, changeMark),
      ...closingBlocks(view, things),
    ],
  });
}

function changeMark({ begun: [worst] }: Thing): TableMark {
  if (worst === undefined) return { tone: 'resolved', text: 'RESOLVED' };
  const { severity } = worst.alert.finding;
  return { tone: severity, text: `${worst.reason === 'worse' ? 'WORSE: ' : ''}${severity.toUpperCase()}` };
}
