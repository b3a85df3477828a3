import type { ChangeNotification } from '../../alert/alert.ts';
import { activeFindings, type Finding, type VmRef } from '../../finding.ts';
import { type DistinctVm, distinctVms } from '../../inventory.ts';
import { vmSubject, vmSubjectOf } from '../../rules/subject.ts';
import { compareFindings } from '../../trouble.ts';
import type { AgentView } from '../../view.ts';
import type { ThingFacts } from './facts.ts';

/** What has changed about one thing: a checkpoint, a VM as a whole, or a host. */
export interface Thing extends ThingFacts {
  readonly subject: string;
  /** New and worse, worst first. */
  readonly begun: readonly ChangeNotification[];
  readonly resolved: readonly ChangeNotification[];
}

/** What one mail is about: a VM with its checkpoints, or a host. Its key stays the same for life. */
export interface Group {
  readonly key: string;
  readonly things: readonly Thing[];
  readonly notifications: readonly ChangeNotification[];
}

/** Notifications by what they are about, worst first, what has ended last. */
export function groupNotifications(
  notifications: readonly ChangeNotification[],
  view: AgentView,
): readonly Group[] {
  const seen = seenVms(view);
  const sorted = notifications.toSorted(compareNotifications);
  const bySubject = Map.groupBy(sorted, ({ alert }) => alert.finding.subject);
  const things = [...bySubject].map(([subject, each]) => thingOf(subject, each, { seen, view }));
  const byGroup = Map.groupBy(things, ({ subject }) => vmSubjectOf(subject) ?? subject);
  return [...byGroup].map(([key, each]) => ({
    key,
    things: each,
    notifications: each.flatMap(({ begun, resolved }) => [...begun, ...resolved]),
  }));
}

/** Everything that is wrong now at warning or critical, by what it is about, worst first. */
export function openThings(findings: readonly Finding[], view: AgentView): readonly ThingFacts[] {
  const seen = seenVms(view);
  const sorted = findings.filter(({ severity }) => severity !== 'info').sort(compareFindings);
  const bySubject = Map.groupBy(sorted, ({ subject }) => subject);
  return [...bySubject].map(([subject, each]) => ({
    findings: each,
    seen: seenOf(subject, each[0]?.vm ?? null, seen),
    view,
  }));
}

function seenVms({ inventory }: AgentView): ReadonlyMap<string, DistinctVm> {
  return new Map(distinctVms(inventory).map((each) => [vmSubject(each.view.vm), each]));
}

interface ThingContext {
  readonly seen: ReadonlyMap<string, DistinctVm>;
  readonly view: AgentView;
}

function thingOf(
  subject: string,
  notifications: readonly ChangeNotification[],
  { seen, view }: ThingContext,
): Thing {
  const begun = notifications.filter(({ reason }) => reason !== 'resolved');
  const resolved = notifications.filter(({ reason }) => reason === 'resolved');
  // What was told before is part of the picture; what a mail is about comes first among equals.
  const open = activeFindings(view.findings).filter(
    (each) => each.subject === subject && each.severity !== 'info',
  );
  const own = notifications.map(({ alert }) => alert.finding);
  // One that this look could not see, and that people were not told of so far, would be told nowhere.
  const unseen = begun
    .map(({ alert }) => alert.finding)
    .filter(({ rule }) => !open.some((each) => each.rule === rule));
  return {
    subject,
    begun,
    resolved,
    findings: begun.length > 0 ? [...open, ...unseen].sort(compareFindings) : own,
    seen: seenOf(subject, notifications[0]?.alert.finding.vm ?? null, seen),
    view,
  };
}

/** The VM that a finding is about, also one about an exception for it. */
function seenOf(subject: string, vm: VmRef | null, seen: ThingContext['seen']): DistinctVm | null {
  return seen.get(vmSubjectOf(subject) ?? `vm:${vm?.id ?? ''}`) ?? null;
}

function compareNotifications(a: ChangeNotification, b: ChangeNotification): number {
  const isOver = (each: ChangeNotification): number => (each.reason === 'resolved' ? 1 : 0);
  return isOver(a) - isOver(b) || compareFindings(a.alert.finding, b.alert.finding);
}
