import type { Checkpoint, Vm } from '../model.ts';
import type { RulesConfig } from '../rules/index.ts';
import type { Policy } from './compile.ts';
import { type GuestRole, guestRole } from './guest-role.ts';
import { type Declarations, readDeclarations } from './lifetime/declaration.ts';
import type { PolicyMemory } from './memory.ts';

/** What the policy and people say of a VM, for the outputs. */
export interface VmFacts {
  readonly tags: readonly string[];
  /** As its notes name it. */
  readonly owner: string | null;
  readonly role: GuestRole['type'] | null;
}

export function vmFacts(vm: Vm, { policy, memory }: VmFactsInput): VmFacts {
  const { tags: declared, owner } = declaredOf(vm);
  const tags = policy.tagsOf(vm, declared);
  return { tags, owner, role: guestRole(vm, tags, memory)?.type ?? null };
}

export interface VmFactsInput {
  readonly policy: Policy;
  readonly memory: PolicyMemory;
}

/** The tags of a VM alone: those of the configuration, then those of its notes. */
export function tagsOfVm(vm: Vm, policy: Policy): readonly string[] {
  return policy.tagsOf(vm, declaredOf(vm).tags);
}

/** The options that hold for a VM on a host. */
export function rulesOfVm(vm: Vm, host: string, policy: Policy): RulesConfig {
  return policy.rulesFor({ vm, host, tags: tagsOfVm(vm, policy) });
}

/** Who is responsible for a checkpoint, as its name or notes say, else as the VM's notes do. */
export function checkpointOwner({ name, notes }: Checkpoint, ofVm: Pick<VmFacts, 'owner'>): string | null {
  return (
    readDeclarations(name, 'checkpoint-name').owner ??
    readDeclarations(notes ?? '', 'checkpoint-notes').owner ??
    ofVm.owner
  );
}

function declaredOf({ notes }: Vm): Declarations {
  return readDeclarations(notes ?? '', 'vm-notes');
}
