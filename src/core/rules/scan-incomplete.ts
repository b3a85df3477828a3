import { type CollectError, type ErrorCode, errorInfo } from '../collect-error.ts';
import { unlisted } from '../coverage.ts';
import type { Severity } from '../severity.ts';
import { defineRule, type Rule, type SeverityOption, type Verdict } from './rule.ts';

/** Passing states of a busy host, and facts that no other rule needs: incomplete, but nobody has to act. */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'VM_GONE',
  'VM_MIGRATING',
  'CHECKPOINT_GONE',
  'BUSY_SKIPPED',
  'TIME_IN_FUTURE',
  'TYPE_UNKNOWN',
  'FACT_FAILED',
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
  isExceptable: false,
  judgeHost({ host, attempt, reading }, { severity }) {
    if (attempt?.error != null) return null;
    return incomplete(host, reading?.errors ?? [], severity);
  },
  judgeVm({ host, vm, chain }, { severity }) {
    if (host.attempt?.error != null) return null;
    return incomplete(vm.name, [...vm.errors, ...unlisted(vm), ...chain.errors], severity);
  },
});

function incomplete(name: string, all: readonly CollectError[], severity: Severity): Verdict | null {
  const errors = all.filter(({ code }) => !PASSING.has(code));
  const first = errors[0];
  if (first === undefined) return null;
  const { meaning, advice } = errorInfo(first.code);
  const target = first.target === null ? '' : ` (${first.target})`;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  return {
    severity,
    value: { unit: 'count', value: errors.length },
    reason: `not fully read: ${meaning}`,
    message: `${name} was not fully read: ${meaning}${target}${more}.`,
    advice,
  };
}
