import type { CollectError } from '../../../src/core/collect-error.ts';
import { inventoryOf } from '../../../src/core/fold.ts';
import type { HostView } from '../../../src/core/inventory.ts';
import type { Volume } from '../../../src/core/model.ts';
import type { Policy } from '../../../src/core/policy/compile.ts';
import { NO_MEMORY, type PolicyMemory } from '../../../src/core/policy/memory.ts';
import type { AskedVm } from '../../../src/core/preflight/check.ts';
import { judge } from '../../../src/core/rules/index.ts';
import { TIB } from '../../../src/core/units.ts';
import { host, NOW, type VmSpec } from '../../builders.ts';
import { DEFAULT_POLICY } from '../../policy.ts';

/** Half of it is free. */
export const ROOMY: Volume = volume('C:\\', { freeBytes: TIB });

export function volume(root: string, more: Partial<Volume> = {}): Volume {
  return { root, fileSystem: 'NTFS', totalBytes: 2 * TIB, freeBytes: TIB, error: null, ...more };
}

interface About {
  readonly volumes?: readonly Volume[];
  readonly policy?: Policy;
  readonly memory?: PolicyMemory;
  readonly hostErrors?: readonly CollectError[];
}

/** A VM about which nothing is to be said: a Windows server that runs, without a checkpoint, on a roomy volume. */
export const QUIET: VmSpec = { name: 'SQL01', guestProductType: 3 };

/** The first VM of a host that was read just now, as it is asked about. */
export function asked(spec: Partial<VmSpec> = {}, about: About = {}): AskedVm {
  const { volumes = [ROOMY], hostErrors: errors = [] } = about;
  return askedOf(host({ readAt: NOW, vms: [{ ...QUIET, ...spec }], volumes, errors }), about);
}

export function askedOf(
  view: HostView,
  { policy = DEFAULT_POLICY, memory = NO_MEMORY }: About = {},
): AskedVm {
  const { seen } = judge({ inventory: inventoryOf([view], NOW), policy, memory, now: NOW });
  const [first] = seen.vms;
  if (first === undefined) throw new Error('no VM to ask about');
  return { seen: first, policy, now: NOW };
}

export function error(code: CollectError['code'], target: string | null = null): CollectError {
  return { code, detail: null, target };
}
