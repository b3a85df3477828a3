import type { Finding } from '../../finding.ts';
import type { RuleId } from '../../rules/index.ts';
import { isOfException } from '../../rules/subject.ts';
import { plainText } from '../plain-text.ts';
import { checkpointOf } from './facts.ts';
import type { Thing } from './groups.ts';

/** How it ended, as far as the latest look tells. */
export function resolvedText(finding: Finding, thing: Thing): string {
  const { vm, checkpoint, host } = finding;
  const { inventory } = thing.view;
  if (isOfException(finding)) {
    return `what was said of an exception no longer holds (was: ${plainText(finding.reason)}).`;
  }
  if (vm === null) {
    return inventory.hosts.some((each) => each.host === host)
      ? overText(finding, plainText(host))
      : `${plainText(host)} is no longer watched.`;
  }
  const name = plainText(vm.name, 120);
  if (thing.seen === null) {
    return inventory.hosts.some((each) => each.host === host)
      ? `${name} is on none of the hosts any more.`
      : `${name} is on none of the hosts that are watched; ${plainText(host)}, where it was, is no longer among them.`;
  }
  if (checkpoint === null) return overText(finding, name);
  const label = `checkpoint "${plainText(checkpoint.name, 120)}" of ${name}`;
  return checkpointOf({ ...thing, findings: [finding] }) === null
    ? `${label} is gone.`
    : `${label} is still there, but no longer over the limit (${plainText(finding.reason)}).`;
}

/** What is true again, said of the thing's name. */
const TRUE_AGAIN: Readonly<Partial<Record<RuleId, (name: string) => string>>> = {
  'vm-critical-state': (name) => `${name} is no longer in a critical state`,
  'vm-avhdx-total': (name) => `the AVHDX files of ${name} are no longer over the limit`,
  'checkpoint-count': (name) => `${name} no longer has too many checkpoints`,
  'chain-depth': (name) => `the disk chain of ${name} is no longer too deep`,
  'host-unreachable': (name) => `${name} is read again`,
  'scan-incomplete': (name) => `${name} is fully read again`,
  'clock-skew': (name) => `the clock of ${name} is right again`,
};

function overText({ rule, reason }: Finding, name: string): string {
  // An alert that was stored may be of a rule that is no longer there.
  const say = Object.hasOwn(TRUE_AGAIN, rule) ? TRUE_AGAIN[rule] : undefined;
  return `${say === undefined ? `${name}: over` : say(name)} (was: ${plainText(reason)}).`;
}
