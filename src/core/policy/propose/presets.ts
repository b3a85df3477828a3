import type { DistinctVm } from '../../inventory.ts';
import type { Checkpoint } from '../../model.ts';
import { compileKinds } from '../kinds.ts';
import { KIND_PRESETS, presetPolicy } from '../presets.ts';

/** A preset whose patterns match something that is there. */
export interface PresetProposal {
  readonly name: string;
  readonly summary: string;
  readonly checkpoints: number;
  readonly vms: number;
}

export interface PresetProposals {
  readonly presets: readonly PresetProposal[];
  /** The checkpoints that they name: nothing else needs to be proposed for them. */
  readonly named: ReadonlySet<Checkpoint>;
}

export function proposePresets(vms: readonly DistinctVm[]): PresetProposals {
  const named = new Set<Checkpoint>();
  const presets = KIND_PRESETS.flatMap(({ name, summary }): readonly PresetProposal[] => {
    const classify = compileKinds(presetPolicy([name]).kinds);
    const found = vms
      .map(({ view: { vm } }) => {
        const kindOf = classify(vm);
        return (vm.checkpoints ?? []).filter((checkpoint) => kindOf(checkpoint) === name);
      })
      .filter((checkpoints) => checkpoints.length > 0);
    for (const checkpoint of found.flat()) named.add(checkpoint);
    return found.length === 0 ? [] : [{ name, summary, checkpoints: found.flat().length, vms: found.length }];
  });
  return { presets, named };
}
