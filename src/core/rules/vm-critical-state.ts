import type { Finding } from '../finding.ts';
import { flatMapVms } from './each.ts';
import { defineRule, type Rule, type SeverityOption } from './rule.ts';
import { vmRef, vmSubject } from './subject.ts';

/** RunningCritical to FastSavingCritical of the VMState enumeration (Hyper-V PowerShell module 2.0). */
const FIRST_CRITICAL = 32785;
const LAST_CRITICAL = 32796;

export const vmCriticalState: Rule<'vm-critical-state', SeverityOption> = defineRule<
  'vm-critical-state',
  SeverityOption
>({
  id: 'vm-critical-state',
  summary: 'A VM is in a critical state: cut off from its storage, or paused because its volume is full.',
  why: 'A full volume pauses every VM that writes to it, and a growing AVHDX is the usual cause.',
  options: { type: 'severity' },
  defaults: { severity: 'critical' },
  evaluate({ inventory }, { severity }) {
    return flatMapVms(inventory, ({ vm, host }): Finding[] => {
      if (vm.state.code < FIRST_CRITICAL || vm.state.code > LAST_CRITICAL) return [];
      return [
        {
          rule: 'vm-critical-state',
          subject: vmSubject(vm),
          severity,
          host: host.host,
          vm: vmRef(vm),
          checkpoint: null,
          sinceAt: null,
          value: null,
          threshold: null,
          reason: `state ${vm.state.name}`,
          message: `${vm.name} is in state ${vm.state.name}: Hyper-V cannot reach its storage, or the volume is full.`,
          advice:
            'Look at the free space of its volumes first, then at whether the storage is connected; do not turn the VM off before that.',
        },
      ];
    });
  },
});
