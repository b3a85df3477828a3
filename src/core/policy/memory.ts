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

/** What is remembered after one more look. Nothing of it is later than now: a clock that was ahead was wrong. */
export function remember(
  memory: PolicyMemory,
  { inventory, exceptions }: Pick<Judgement, 'inventory' | 'exceptions'>,
  now: Instant,
): PolicyMemory {
  const listed = new Set(inventory.hosts.flatMap(({ vms }) => vms.map(({ vm }) => vm.id)));
  const guests = new Map(
    [...memory.guests]
      .filter(([id, { seenAt }]) => listed.has(id) || now - seenAt <= KEPT_MS)
      .map(([id, { seenAt }]) => [id, { seenAt: Math.min(seenAt, now) }]),
  );
  const said = inventory.hosts.flatMap(({ vms, attempt }) =>
    attempt?.error != null ? [] : vms.filter(({ vm }) => vm.guestProductType !== null),
  );
  for (const { vm } of said) if (vm.guestProductType !== DOMAIN_CONTROLLER) guests.delete(vm.id);
  // Two hosts may list one id: while a VM moves, or a primary and its replica. That it is one goes before that it is none.
  for (const { vm } of said)
    if (vm.guestProductType === DOMAIN_CONTROLLER) guests.set(vm.id, { seenAt: now });
  // An exception that is no longer in the configuration, or was changed, begins anew.
  const uses = exceptions.map(({ exception: { key }, findings }): [string, ExceptionUse] => {
    const { firstSeenAt = now, lastMatchedAt = null } = memory.exceptions.get(key) ?? {};
    return [
      key,
      {
        firstSeenAt: Math.min(firstSeenAt, now),
        lastMatchedAt: findings.length > 0 ? now : lastMatchedAt && Math.min(lastMatchedAt, now),
      },
    ];
  });
  return { guests, exceptions: new Map(uses) };
}
