import { defineRule, type Rule, type SeverityOption } from './rule.ts';

/** RunningCritical to FastSavingCritical of the VMState enumeration (Hyper-V PowerShell module 2.0). */
const FIRST_CRITICAL = 32785;
const LAST_CRITICAL = 32796;

/** Whether Hyper-V says that the VM is cut off from its storage, or paused because its volume is full. */
export function isCriticalState(code: number): boolean {
  return code >= FIRST_CRITICAL && code <= LAST_CRITICAL;
}

export const vmCriticalState: Rule<'vm-critical-state', SeverityOption> = defineRule<
  'vm-critical-state',
  SeverityOption
>({
  id: 'vm-critical-state',
  summary: 'A VM is in a critical state: cut off from its storage, or paused because its volume is full.',
  why: 'A full volume pauses every VM that writes to it, and a growing AVHDX is the usual cause.',
  options: { type: 'severity' },
  defaults: { severity: 'critical' },
  isExceptable: false,
  judgeVm({ vm }, { severity }) {
    if (!isCriticalState(vm.state.code)) return null;
    return {
      severity,
      reason: `state ${vm.state.name}`,
      message: `${vm.name} is in state ${vm.state.name}: Hyper-V cannot reach its storage, or the volume is full.`,
      advice:
        'Look at the free space of its volumes first, then at whether the storage is connected; do not turn the VM off before that.',
    };
  },
});
