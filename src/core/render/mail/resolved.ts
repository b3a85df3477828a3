import type { Finding } from '../../finding.ts';
import { rulesOfVm } from '../../policy/vm-facts.ts';
import type { RuleId } from '../../rules/index.ts';
import { isOfException } from '../../rules/subject.ts';
import { plainText } from '../plain-text.ts';
import { checkpointOf } from './facts.ts';
import type { Thing } from './groups.ts';
import { declaredEnd } from './keep.ts';

/** How it ended, as far as the latest look tells. */
export function resolvedText(finding: Finding, thing: Thing): string {
  const { vm, checkpoint, host } = finding;
  const { inventory } = thing.view;
  if (isOfException(finding)) {
    return `what was said of an exception no longer holds (was: ${plainText(finding.reason)}).`;
  }
  if (vm === null) {
    if (!inventory.hosts.some((each) => each.host === host))
      return `${plainText(host)} is no longer watched.`;
    const say = isTurnedOff(finding, thing) ? offText : overText;
    return say(finding, plainText(host));
  }
  const name = plainText(vm.name, 120);
  if (thing.seen === null) {
    return inventory.hosts.some((each) => each.host === host)
      ? `${name} is on none of the hosts any more.`
      : `${name} is on none of the hosts that are watched; ${plainText(host)}, where it was, is no longer among them.`;
  }
  if (checkpoint === null)
    return isTurnedOff(finding, thing) ? offText(finding, name) : overText(finding, name);
  const label = `checkpoint "${plainText(checkpoint.name, 120)}" of ${name}`;
  const there = checkpointOf({ ...thing, findings: [finding] });
  if (there === null) return `${label} is gone.`;
  const was = plainText(finding.reason);
  if (isTurnedOff(finding, thing))
    return `${label} is still there, but ${finding.rule} is turned off for it now (was: ${was}).`;
  const end = finding.rule === 'checkpoint-age' ? declaredEnd(there, thing) : null;
  return end === null
    ? `${label} is still there, but no longer over the limit (${was}).`
    : `${label} is still there, and is judged by its declared end "${plainText(end)}" now (was: ${was}).`;
}

/** Then nothing is known to be better. */
function isTurnedOff({ rule }: Finding, { seen, view: { policy } }: Thing): boolean {
  const rules = seen === null ? policy.rules : rulesOfVm(seen.view.vm, seen.host.host, policy);
  return Object.hasOwn(rules, rule) && rules[rule] === null;
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

function offText({ rule, reason }: Finding, name: string): string {
  return `${rule} is turned off for ${name} now (was: ${plainText(reason)}).`;
}

function overText({ rule, reason }: Finding, name: string): string {
  // An alert that was stored may be of a rule that is no longer there.
  const say = Object.hasOwn(TRUE_AGAIN, rule) ? TRUE_AGAIN[rule] : undefined;
  return `${say === undefined ? `${name}: over` : say(name)} (was: ${plainText(reason)}).`;
}
