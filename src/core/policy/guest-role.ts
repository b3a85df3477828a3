import type { Instant, Vm } from '../model.ts';
import { NEVER_TAG } from './lifetime/found.ts';
import type { PolicyMemory } from './memory.ts';

/** Why a VM should not carry checkpoints. */
export interface GuestRole {
  readonly type: 'domain-controller' | 'guest-cluster' | 'never';
  /** When that was last known, for what only a running guest can say; `null`: it is so now. */
  readonly asOf: Instant | null;
}

/** wProductType of OSVERSIONINFOEX (Microsoft Learn): VER_NT_DOMAIN_CONTROLLER. */
export const DOMAIN_CONTROLLER = 2;

/**
 * The role that forbids checkpoints: a tag, a guest cluster by its shared disks (VHD sets, or disks with persistent
 * reservations), or a domain controller by what the guest says of itself, if only earlier. `null`: none is known, which
 * for a guest that never spoke does not mean that it has none.
 */
export function guestRole(vm: Vm, tags: readonly string[], memory: PolicyMemory): GuestRole | null {
  if (tags.includes(NEVER_TAG)) return { type: 'never', asOf: null };
  if (vm.guestProductType === DOMAIN_CONTROLLER) return { type: 'domain-controller', asOf: null };
  if (vm.disks?.some(({ shared, kind }) => shared || kind === 'vhdset') === true)
    return { type: 'guest-cluster', asOf: null };
  const known = memory.guests.get(vm.id);
  return vm.guestProductType === null && known !== undefined
    ? { type: 'domain-controller', asOf: known.seenAt }
    : null;
}
