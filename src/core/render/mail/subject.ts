import type { ChangeNotification } from '../../alert/alert.ts';
import type { RuleId } from '../../rules/index.ts';
import { worstSeverity } from '../../severity.ts';
import { plainText } from '../plain-text.ts';
import type { Group } from './groups.ts';

/** What it is about, without the host: a VM may be on another by the next mail, and threads live by equal subjects. */
export function groupName({ key, notifications }: Group): string {
  const finding = notifications[0]?.alert.finding;
  if (finding?.host === '') return 'configuration';
  if (finding?.vm == null) return plainText(finding?.host ?? key, 80);
  const name = plainText(finding.vm.name, 80);
  return `${name === '' ? finding.vm.id : name}${key.endsWith('@replica') ? ' (replica)' : ''}`;
}

const STALE = 'stale checkpoint';

const TOPICS: Readonly<Record<RuleId, string>> = {
  'vm-critical-state': 'critical state',
  'missing-checkpoint': 'broken checkpoint',
  'guest-role': 'checkpoint where none should be',
  'checkpoint-expired': STALE,
  'checkpoint-age': STALE,
  'avhdx-size': STALE,
  'vm-avhdx-total': STALE,
  'checkpoint-count': STALE,
  'chain-depth': STALE,
  'uncovered-disk': 'disk not covered',
  'lifetime-ignored': STALE,
  'memory-state': 'checkpoint with memory',
  'production-fallback': 'checkpoint with memory',
  'checkpoint-policy': 'set against the policy',
  undocumented: STALE,
  'host-unreachable': 'host not read',
  'scan-incomplete': 'not wholly read',
  'clock-skew': 'clock differs',
  'exception-ending': 'exception ends',
  'exception-unused': 'exception unused',
};

/** What it is about in two or three words; of one VM the same as often as can be, since threads live by it. */
export function topic({ notifications, things }: Group): string {
  const findings = notifications.map(({ alert }) => alert.finding);
  const known = findings.find(({ rule }) => Object.hasOwn(TOPICS, rule));
  if (known === undefined) return 'checkpoints';
  const isOfCheckpoints =
    findings.some(({ checkpoint, rule }) => checkpoint !== null || rule === 'checkpoint-count') ||
    things.some(({ seen }) => (seen?.view.vm.checkpoints?.length ?? 0) > 0);
  return (isOfCheckpoints ? null : WITHOUT_CHECKPOINTS[known.rule]) ?? TOPICS[known.rule];
}

/** Of a VM that has no checkpoints, and of which nothing was said about any. */
const WITHOUT_CHECKPOINTS: Readonly<Partial<Record<RuleId, string>>> = {
  'vm-avhdx-total': 'AVHDX too large',
  'chain-depth': 'disk chain too deep',
};

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
