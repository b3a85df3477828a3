import type { Instant } from '../model.ts';
import type { Judgement } from '../rules/index.ts';
import { DAY_MS } from '../units.ts';
import { DOMAIN_CONTROLLER } from './guest-role.ts';

/** That a guest once said of itself to be a domain controller, and when last. It says nothing while it is off. */
export interface GuestFact {
  readonly seenAt: Instant;
}

/** Since when an exception is watched, and when it last covered anything. */
export interface ExceptionUse {
  readonly firstSeenAt: Instant;
  /** `null`: not since it is watched. */
  readonly lastMatchedAt: Instant | null;
}

/** What judging needs to know of earlier scans. */
export interface PolicyMemory {
  /** Domain controllers, by VM id. */
  readonly guests: ReadonlyMap<string, GuestFact>;
  /** By the exceptions' keys. */
  readonly exceptions: ReadonlyMap<string, ExceptionUse>;
}

export const NO_MEMORY: PolicyMemory = { guests: new Map(), exceptions: new Map() };

/** How long a guest is remembered that no host lists any more. */
const KEPT_MS = 90 * DAY_MS;

/** What is remembered after one more look. */
export function remember(
  memory: PolicyMemory,
  { inventory, exceptions }: Pick<Judgement, 'inventory' | 'exceptions'>,
  now: Instant,
): PolicyMemory {
  const listed = new Set(inventory.hosts.flatMap(({ vms }) => vms.map(({ vm }) => vm.id)));
  const guests = new Map(
    [...memory.guests].filter(([id, { seenAt }]) => listed.has(id) || now - seenAt <= KEPT_MS),
  );
  for (const { vms, attempt } of inventory.hosts) {
    if (attempt?.error != null) continue;
    for (const { vm } of vms) {
      if (vm.guestProductType === DOMAIN_CONTROLLER) guests.set(vm.id, { seenAt: now });
      else if (vm.guestProductType !== null) guests.delete(vm.id);
    }
  }
  // An exception that is no longer in the configuration, or was changed, begins anew.
  const uses = exceptions.map(({ exception: { key }, findings }): [string, ExceptionUse] => {
    const before = memory.exceptions.get(key) ?? { firstSeenAt: now, lastMatchedAt: null };
    return [key, findings.length > 0 ? { ...before, lastMatchedAt: now } : before];
  });
  return { guests, exceptions: new Map(uses) };
}
