import type { ChangeNotification } from '../../alert/alert.ts';
import type { RuleId } from '../../rules/index.ts';
import { worstSeverity } from '../../severity.ts';
import { plainText } from '../plain-text.ts';
import type { Group } from './groups.ts';

/** What it is about, without the host: a VM may be on another by the next mail, and threads live by equal subjects. */
export function groupName({ key, notifications }: Group): string {
  const finding = notifications[0]?.alert.finding;
  if (finding?.vm == null) return plainText(finding?.host ?? key, 80);
  const name = plainText(finding.vm.name, 80);
  return `${name === '' ? finding.vm.id : name}${key.endsWith('@replica') ? ' (replica)' : ''}`;
}

const TOPICS: Readonly<Record<RuleId, string>> = {
  'vm-critical-state': 'critical state',
  'checkpoint-age': 'stale checkpoint',
  'avhdx-size': 'stale checkpoint',
  'vm-avhdx-total': 'stale checkpoint',
  'checkpoint-count': 'stale checkpoint',
  'chain-depth': 'stale checkpoint',
  'host-unreachable': 'host not read',
  'scan-incomplete': 'not wholly read',
  'clock-skew': 'clock differs',
};

export function topic({ notifications }: Group): string {
  const rules = notifications.map(({ alert }) => alert.finding.rule);
  const known = rules.find((rule) => Object.hasOwn(TOPICS, rule));
  return known === undefined ? 'checkpoints' : TOPICS[known];
}

/** One string for one event: what people were told before tells a second "worse" from the first. */
export function identityOf(notifications: readonly ChangeNotification[]): string {
  return notifications
    .map(({ reason, alert }) =>
      [alert.key, reason, alert.finding.severity, alert.startedAt, alert.told?.at ?? ''].join('|'),
    )
    .sort()
    .join('\n');
}

export function stateOf(notifications: readonly ChangeNotification[]): string {
  const order = ['worse', 'new', 'resolved'] as const;
  return order.find((reason) => notifications.some((each) => each.reason === reason)) ?? 'resolved';
}

export function severityOf(notifications: readonly ChangeNotification[]): string {
  const begun = notifications.filter(({ reason }) => reason !== 'resolved');
  return worstSeverity(begun.map(({ alert }) => alert.finding.severity)) ?? 'none';
}
