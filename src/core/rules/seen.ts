import type { CheckpointChain } from '../chain.ts';
import { distinctVms, type HostView, type Inventory, type VmView } from '../inventory.ts';
import type { Checkpoint, HostReading, Instant } from '../model.ts';
import type { Policy } from '../policy/compile.ts';
import { type GuestRole, guestRole } from '../policy/guest-role.ts';
import { type Declarations, readDeclarations } from '../policy/lifetime/declaration.ts';
import { type Lifetime, lifetimeOf } from '../policy/lifetime.ts';
import type { PolicyMemory } from '../policy/memory.ts';
import type { RulesConfig } from './index.ts';

/** A VM with the host and the reading it was seen in, and all that the policy says of it. */
export interface SeenVm extends VmView {
  readonly host: HostView;
  readonly reading: HostReading;
  readonly checkpoints: readonly SeenCheckpoint[];
  /** The options that hold for it. */
  readonly rules: RulesConfig;
  readonly tags: readonly string[];
  readonly role: GuestRole | null;
  /** As its notes name it. */
  readonly owner: string | null;
}

export interface SeenCheckpoint {
  readonly seen: SeenVm;
  readonly checkpoint: Checkpoint;
  readonly links: CheckpointChain | null;
  readonly lifetime: Lifetime;
  /** How to get rid of it, which depends on its kind. */
  readonly advice: string;
  /** As its name or notes name it, else the VM's. */
  readonly owner: string | null;
}

/** Everything that rules look at, listed once for all of them. */
export interface Seen {
  readonly vms: readonly SeenVm[];
}

export interface SeenInput {
  readonly inventory: Inventory;
  readonly policy: Policy;
  readonly memory: PolicyMemory;
  readonly now: Instant;
}

/** So many VMs are seen before others get their turn; some milliseconds right after a reload. */
const VMS_AT_A_TIME = 500;

/** So many characters of names and notes are read before that; some milliseconds where they declare a lot. */
const CHARACTERS_AT_A_TIME = 100_000;

/** Every VM once, though two hosts may list it while it moves. Hands the turn back now and then. */
export function* seeAll(input: SeenInput): Generator<void, Seen> {
  const vms: SeenVm[] = [];
  let [number, characters] = [0, 0];
  for (const { host, view } of distinctVms(input.inventory)) {
    if (host.reading !== null) vms.push(seeVm(host, host.reading, view, input));
    number++;
    characters += charactersOf(view);
    if (number < VMS_AT_A_TIME && characters < CHARACTERS_AT_A_TIME) continue;
    [number, characters] = [0, 0];
    yield;
  }
  return { vms };
}

function charactersOf({ vm: { notes, checkpoints } }: VmView): number {
  let sum = notes?.length ?? 0;
  for (const checkpoint of checkpoints ?? []) sum += checkpoint.name.length + (checkpoint.notes?.length ?? 0);
  return sum;
}

/** One VM as rules see it. */
export function seeVm(host: HostView, reading: HostReading, view: VmView, input: SeenInput): SeenVm {
  const { policy, memory } = input;
  const declared = readDeclarations(view.vm.notes ?? '', 'vm-notes');
  const tags = policy.tagsOf(view.vm, declared.tags);
  const checkpoints: SeenCheckpoint[] = [];
  const seen: SeenVm = {
    vm: view.vm,
    chain: view.chain,
    host,
    reading,
    checkpoints,
    rules: policy.rulesFor({ vm: view.vm, host: host.host, tags }),
    tags,
    role: guestRole(view.vm, tags, memory),
    owner: declared.owner,
  };
  for (const checkpoint of view.vm.checkpoints ?? []) {
    checkpoints.push(seeCheckpoint(seen, checkpoint, declared, input));
  }
  return seen;
}

function seeCheckpoint(
  seen: SeenVm,
  checkpoint: Checkpoint,
  ofVm: Declarations,
  { policy, now }: SeenInput,
): SeenCheckpoint {
  const inName = readDeclarations(checkpoint.name, 'checkpoint-name');
  const inNotes = readDeclarations(checkpoint.notes ?? '', 'checkpoint-notes');
  return {
    seen,
    checkpoint,
    links: seen.chain.checkpoints.get(checkpoint.id) ?? null,
    lifetime: lifetimeOf(
      checkpoint,
      { inName, inNotes, ofVm },
      {
        reading: seen.reading,
        now,
        maxMs: policy.config.maxDeclaredLifetimeMs,
      },
    ),
    advice: policy.removalAdvice(checkpoint.kind),
    owner: inName.owner ?? inNotes.owner ?? ofVm.owner,
  };
}
