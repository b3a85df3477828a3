import type { Inventory } from '../inventory.ts';
import type { Checkpoint } from '../model.ts';
import { foldCase } from '../wildcard.ts';
import type { Policy } from './compile.ts';
import type { Thing } from './pattern-lists.ts';
import type { SelectableVm } from './selector.ts';
import { tagsOfVm } from './vm-facts.ts';

/** A VM of the inventory as selections see it, with its checkpoints. */
export interface ListedVm extends SelectableVm {
  readonly checkpoints: readonly Checkpoint[];
}

/** Every VM of the inventory with its tags, and its checkpoints with the kinds of the policy. */
export function listedVms(policy: Policy, read: Inventory): readonly ListedVm[] {
  return policy
    .classify(read)
    .hosts.flatMap(({ host, vms }) =>
      vms.map(({ vm }) => ({ vm, host, tags: tagsOfVm(vm, policy), checkpoints: vm.checkpoints ?? [] })),
    );
}

/** What a pattern may name a thing by. */
export interface Named {
  readonly name: string;
  readonly id: string;
}

/** The names of all things of a sort. */
export function namesOf(
  thing: Thing,
  {
    policy,
    read,
    vms,
  }: { readonly policy: Policy; readonly read: Inventory; readonly vms: readonly ListedVm[] },
): readonly Named[] {
  const alone = (names: readonly string[]): readonly Named[] =>
    [...new Set(names)].map((name) => ({ name, id: name }));
  switch (thing) {
    case 'vm':
      return vms.map(({ vm }) => vm);
    case 'vm-name':
      return alone(vms.map(({ vm }) => vm.name));
    case 'host':
      return alone(read.hosts.map(({ host }) => host));
    case 'tag':
      // Of a tag that the configuration gives to nobody it is said there.
      return alone([
        ...vms.flatMap(({ tags }) => tags),
        ...policy.config.tags.map(({ tag }) => foldCase(tag)),
      ]);
    case 'kind':
      // So it is of a kind that no checkpoint has because its patterns match none.
      return alone([
        ...vms.flatMap(({ checkpoints }) => checkpoints.map(({ kind }) => kind)),
        ...policy.config.kinds.flatMap(({ name, source }) => (source.line === null ? [] : [name])),
      ]);
    case 'checkpoint':
      return vms.flatMap(({ checkpoints }) => checkpoints);
    case 'checkpoint-name':
      return alone(vms.flatMap(({ checkpoints }) => checkpoints.map(({ name }) => name)));
    case 'notes':
      return alone(vms.flatMap(({ checkpoints }) => checkpoints.flatMap(({ notes }) => notes ?? [])));
  }
}
