import type { ExceptionRef, Finding } from '../finding.ts';
import { vmRef, vmSubject } from '../rules/subject.ts';
import type { AskedVm } from './check.ts';

/** The exception of the configuration that would cover what a rule would then find; `null` when it would stand. */
export function exceptionFor(
  rule: 'checkpoint-count' | 'guest-role',
  { seen, policy, now }: AskedVm,
): ExceptionRef | null {
  const finding: Finding = {
    rule,
    subject: vmSubject(seen.vm),
    severity: 'critical',
    host: seen.host.host,
    vm: vmRef(seen.vm),
    // It would be a user's, and has no name yet.
    checkpoint: rule === 'guest-role' ? { id: '', name: '', kind: 'user' } : null,
    sinceAt: null,
    value: null,
    threshold: null,
    reason: '',
    message: '',
    advice: '',
    owner: null,
    exception: null,
  };
  return policy.exceptions.cover([{ finding, vm: seen }], now)[0]?.exception ?? null;
}
