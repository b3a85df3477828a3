import { type CollectError, type ErrorCode, errorInfo } from '../collect-error.ts';
import { unlisted } from '../coverage.ts';
import type { Finding } from '../finding.ts';
import { flatMapVms } from './each.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';
import { hostSubject, vmRef, vmSubject } from './subject.ts';

/** Passing states of a busy host: incomplete, but nobody needs to act. They still count as "not looked at". */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'VM_GONE',
  'VM_MIGRATING',
  'CHECKPOINT_GONE',
  'BUSY_SKIPPED',
  'TIME_IN_FUTURE',
  'TYPE_UNKNOWN',
]);

export const scanIncomplete: Rule<'scan-incomplete', SeverityOption> = defineRule<
  'scan-incomplete',
  SeverityOption
>({
  id: 'scan-incomplete',
  summary: 'A host was read, but something on it could not be.',
  why: 'What could not be looked at must not pass for fine. Passing states, such as a VM that is being backed up, do not count here.',
  options: { type: 'severity' },
  defaults: { severity: 'warning' },
  evaluate({ inventory }, { severity }) {
    const ofHosts = inventory.hosts.flatMap((host) => {
      const errors = (host.reading?.errors ?? []).filter(isLasting);
      if (host.attempt?.error != null || errors.length === 0) return [];
      return [
        {
          ...incomplete(host.host, errors),
          severity,
          host: host.host,
          subject: hostSubject(host.host),
          vm: null,
        },
      ];
    });
    const ofVms = flatMapVms(inventory, ({ host, vm, chain }) => {
      const errors = [...vm.errors, ...unlisted(vm), ...chain.errors].filter(isLasting);
      if (host.attempt?.error != null || errors.length === 0) return [];
      return [
        { ...incomplete(vm.name, errors), severity, host: host.host, subject: vmSubject(vm), vm: vmRef(vm) },
      ];
    });
    return [...ofHosts, ...ofVms];
  },
});

function isLasting(error: CollectError): boolean {
  return !PASSING.has(error.code);
}

function incomplete(
  name: string,
  errors: readonly CollectError[],
): Omit<Finding, 'severity' | 'host' | 'subject' | 'vm'> {
  const first = errors[0];
  const info = first === undefined ? null : errorInfo(first.code);
  const meaning = info?.meaning ?? 'unknown';
  const target = first?.target == null ? '' : ` (${first.target})`;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return {
    rule: 'scan-incomplete',
    checkpoint: null,
    sinceAt: null,
    value: { unit: 'count', value: errors.length },
    threshold: null,
    reason: `not fully read: ${meaning}`,
    message: `${name} was not fully read: ${meaning}${target}${more}.`,
    advice: info?.advice ?? '',
  };
}
