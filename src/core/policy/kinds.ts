import type { HostView, Inventory, VmView } from '../inventory.ts';
import {
  type BuiltInKind,
  CHECKPOINT_KINDS,
  type Checkpoint,
  type CheckpointKind,
  type Vm,
} from '../model.ts';
import { compilePatterns, foldCase, type Matcher } from '../wildcard.ts';
import type { KindDefinition } from './policy.ts';

/** Gives the checkpoints of a VM their kinds: Hyper-V's own, or one that the configuration defines. */
export type Classify = (vm: Pick<Vm, 'name'>) => (checkpoint: Checkpoint) => CheckpointKind;

export function isBuiltInKind(kind: CheckpointKind): kind is BuiltInKind {
  return CHECKPOINT_KINDS.some((known) => known === kind);
}

/** Whether such a checkpoint holds what an ordinary one does: one that people took, or that was taken for them. */
export function isOrdinary(kind: CheckpointKind): boolean {
  return kind === 'user' || kind === 'automatic' || kind === 'unknown' || !isBuiltInKind(kind);
}

interface CompiledKind {
  readonly name: string;
  readonly of: ReadonlySet<CheckpointKind>;
  readonly vm: Matcher | null;
  readonly checkpoint: Matcher | null;
  readonly notes: Matcher | null;
}

/** Of several definitions that match, the last holds. */
export function compileKinds(definitions: readonly KindDefinition[]): Classify {
  const matcher = (patterns: readonly string[]) => (patterns.length === 0 ? null : compilePatterns(patterns));
  const kinds = definitions
    .map(
      ({ name, of, vm, checkpoint, notes }): CompiledKind => ({
        name,
        of: new Set<CheckpointKind>(of),
        vm: matcher(vm),
        checkpoint: matcher(checkpoint),
        notes: matcher(notes),
      }),
    )
    .toReversed();
  return (vm) => {
    const vmName = foldCase(vm.name);
    const ofVm = kinds.filter((kind) => kind.vm === null || kind.vm(vmName));
    return (checkpoint) => {
      const name = foldCase(checkpoint.name);
      const found = ofVm.find(
        (kind) =>
          kind.of.has(checkpoint.kind) &&
          (kind.checkpoint === null || kind.checkpoint(name)) &&
          (kind.notes === null || (checkpoint.notes !== null && kind.notes(foldCase(checkpoint.notes)))),
      );
      return found?.name ?? checkpoint.kind;
    };
  };
}

/** So many characters are matched before others get their turn; a few milliseconds. */
const CHARACTERS_AT_A_TIME = 500_000;

/**
 * The inventory with the kinds of the configuration. What does not change is shared with the one given. Hands the turn
 * back now and then.
 */
export function* classifyInventory(
  inventory: Inventory,
  classify: Classify,
  ownKinds: number,
): Generator<void, Inventory> {
  const hosts: HostView[] = [];
  let characters = 0;
  for (const host of inventory.hosts) {
    const vms: VmView[] = [];
    for (const view of host.vms) {
      vms.push(classifyVm(view, classify));
      for (const { name, notes } of view.vm.checkpoints ?? [])
        characters += ownKinds * (name.length + (notes?.length ?? 0));
      if (characters < CHARACTERS_AT_A_TIME) continue;
      characters = 0;
      yield;
    }
    hosts.push(vms.some((view, index) => view !== host.vms[index]) ? { ...host, vms } : host);
  }
  return { ...inventory, hosts };
}

function classifyVm(view: VmView, classify: Classify): VmView {
  const { vm } = view;
  if (vm.checkpoints === null || vm.checkpoints.length === 0) return view;
  const kindOf = classify(vm);
  let isChanged = false;
  const checkpoints = vm.checkpoints.map((checkpoint) => {
    const kind = kindOf(checkpoint);
    if (kind === checkpoint.kind) return checkpoint;
    isChanged = true;
    return { ...checkpoint, kind };
  });
  return isChanged ? { ...view, vm: { ...vm, checkpoints } } : view;
}
