import type { DistinctVm } from '../../inventory.ts';
import type { Checkpoint } from '../../model.ts';
import { DAY_MS } from '../../units.ts';
import { type AgentView, vmKey } from '../../view.ts';
import { isPlain, patternOf } from './plain-name.ts';
import { sharedNames } from './shared-names.ts';

/** An exception for a checkpoint that is so old that somebody may want it. */
export interface ExceptionProposal {
  /** Names, or ids. */
  readonly vm: string;
  readonly checkpoint: string;
  readonly vmName: string;
  readonly checkpointName: string;
  readonly ageMs: number;
  readonly owner: string | null;
}

/** What is younger was forgotten rather than kept. */
const OLD_MS = 30 * DAY_MS;
const LONGEST_OWNER = 64;

interface Known {
  readonly vms: readonly DistinctVm[];
  readonly isSharedVm: (name: string) => boolean;
  /** Checkpoints for which something else is proposed. */
  readonly ignored: ReadonlySet<Checkpoint>;
}

/** The oldest first. What cannot be named in a file is left out. */
export function proposeExceptions(
  { findings }: AgentView,
  { vms, isSharedVm, ignored }: Known,
): readonly ExceptionProposal[] {
  const checkpointsOf = new Map(
    vms.map(({ host, view: { vm } }) => [vmKey(host.host, vm.id), vm.checkpoints ?? []]),
  );
  const proposals = findings.flatMap((finding): readonly ExceptionProposal[] => {
    const { rule, severity, vm, checkpoint, value, host, owner } = finding;
    const age = value?.value ?? 0;
    if (rule !== 'checkpoint-age' || severity === 'info' || age <= OLD_MS) return [];
    if (vm === null || checkpoint === null) return [];
    const listed = checkpointsOf.get(vmKey(host, vm.id)) ?? [];
    if (listed.some((each) => each.id === checkpoint.id && ignored.has(each))) return [];
    const isShared = sharedNames(listed.map(({ name }) => name))(checkpoint.name);
    const [vmPattern, pattern] = [patternOf(vm, isSharedVm(vm.name)), patternOf(checkpoint, isShared)];
    if (vmPattern === null || pattern === null) return [];
    return [
      {
        vm: vmPattern,
        checkpoint: pattern,
        vmName: vm.name,
        checkpointName: checkpoint.name,
        ageMs: age,
        owner: owner !== null && isPlain(owner, LONGEST_OWNER) ? owner : null,
      },
    ];
  });
  return proposals.sort((a, b) => b.ageMs - a.ageMs);
}
