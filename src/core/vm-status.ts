import { isCriticalState } from './rules/vm-critical-state.ts';

/*
 * Numbers of the Hyper-V PowerShell module 2.0: VMState and VMOperationalStatus, the latter as Msvm_ComputerSystem has
 * them in OperationalStatus (Microsoft Learn).
 */

/** VirtualMachine.OperationalStatus while Hyper-V merges a disk. */
export const MERGING_DISKS = 32772;

/** VirtualMachine.OperationalStatus after the storage answered with errors that stop the VM. */
export const CRITICAL_IO_ERROR = 32795;

/** What changes a VM's chain of checkpoints, in words that follow "it is". 23769 is the value the module has for 32769. */
export const CHAIN_STATUS: ReadonlyMap<number, string> = new Map([
  [32768, 'taking a checkpoint'],
  [32769, 'applying a checkpoint'],
  [23769, 'applying a checkpoint'],
  [32770, 'deleting a checkpoint'],
  [MERGING_DISKS, 'merging disks'],
]);

/** What else keeps the disks of a VM busy. */
const DISK_STATUS: ReadonlyMap<number, string> = new Map([
  [32771, 'waiting to start'],
  [32773, 'being exported'],
  [32776, 'being backed up'],
  [32778, 'moving its storage'],
  [32779, 'moving its storage'],
]);

/** While it has one of these, the collector opens no disk of the VM: a handle could make the operation fail. */
export const BUSY_STATUS: ReadonlyMap<number, string> = new Map([...CHAIN_STATUS, ...DISK_STATUS]);

/** The VM is on its way to another host. */
export const MIGRATING_STATUS: ReadonlyMap<number, string> = new Map([
  [32774, 'migrating'],
  [32780, 'migrating'],
]);

/** Names of those that the VM has, each once, in the order of the VM. */
export function statusNames(
  status: readonly number[],
  ...names: readonly ReadonlyMap<number, string>[]
): readonly string[] {
  return [...new Set(status.flatMap((code) => names.flatMap((known) => known.get(code) ?? [])))];
}

/** VMState by what it means for the VM's disks; `unknown` for a number that this agent does not know. */
export type StateMeaning = 'running' | 'off' | 'saved' | 'changing' | 'critical' | 'unknown';

const STATES: ReadonlyMap<number, StateMeaning> = new Map([
  [2, 'running'],
  [3, 'off'],
  [6, 'saved'],
  // Paused: its memory is still there.
  [9, 'running'],
  // FastSaved.
  [32779, 'saved'],
  // Stopping, Starting, Reset, Saving, Pausing, Resuming, FastSaving, ForceShutdown, ForceReboot.
  ...[4, 10, 11, 32773, 32776, 32777, 32780, 32781, 32782].map((code) => [code, 'changing'] as const),
]);

export function stateMeaning(code: number): StateMeaning {
  return isCriticalState(code) ? 'critical' : (STATES.get(code) ?? 'unknown');
}
