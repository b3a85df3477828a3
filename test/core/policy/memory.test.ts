import { describe, expect, it } from 'vitest';
import { NO_MEMORY, type PolicyMemory, remember } from '../../../src/core/policy/memory.ts';
import { judge } from '../../../src/core/rules/index.ts';
import { DAY_MS } from '../../../src/core/units.ts';
import { guid, type HostSpec, inventory, NOW, type VmSpec } from '../../builders.ts';
import { policyOf } from '../../policy.ts';

const dc = (more: Partial<VmSpec> = {}): VmSpec => ({ name: 'DC01', guestProductType: 2, ...more });
const off = { guestProductType: null, state: { code: 3, name: 'Off' } };

function look(memory: PolicyMemory, host: HostSpec, now = NOW, yaml = ''): PolicyMemory {
  const policy = policyOf(yaml, NOW);
  const judgement = judge({ inventory: inventory(host), policy, memory, now });
  return remember(memory, judgement, now);
}

describe(remember, () => {
  it('keeps what a domain controller said while it is off, and forgets it when it says something else', () => {
    const seen = look(NO_MEMORY, { vms: [dc()] });
    expect(seen.guests).toEqual(new Map([[guid('DC01'), { seenAt: NOW }]]));
    const later = look(seen, { vms: [dc(off)] }, NOW + DAY_MS);
    expect(later.guests.get(guid('DC01'))).toEqual({ seenAt: NOW });
    expect(look(later, { vms: [dc({ guestProductType: 3 })] }).guests.size).toBe(0);
  });

  it('believes the host on which a VM of the id is a domain controller, in whatever order they are listed', () => {
    const hosts: readonly HostSpec[] = [
      { host: 'hv01', vms: [dc()] },
      { host: 'hv02', vms: [dc({ guestProductType: 3 })] },
    ];
    for (const listed of [hosts, hosts.toReversed()]) {
      const judgement = judge({
        inventory: inventory(...listed),
        policy: policyOf(''),
        memory: NO_MEMORY,
        now: NOW,
      });
      expect(remember(NO_MEMORY, judgement, NOW).guests.size).toBe(1);
    }
  });

  it('learns nothing from the old reading of a host that could not be read', () => {
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    expect(look(NO_MEMORY, { failed, vms: [dc()] }).guests.size).toBe(0);
  });

  it('forgets a guest 90 days after it was last listed anywhere', () => {
    const seen = look(NO_MEMORY, { vms: [dc()] });
    expect(look(seen, {}, NOW + 90 * DAY_MS).guests.size).toBe(1);
    expect(look(seen, {}, NOW + 90 * DAY_MS + 1).guests.size).toBe(0);
    // Off for years, but still there.
    expect(look(seen, { vms: [dc(off)] }, NOW + 900 * DAY_MS).guests.size).toBe(1);
  });

  it('takes nothing for later than now: what a clock that was ahead has left would hold for too long', () => {
    const yaml = 'exceptions: [{ vm: LAB09, reason: r, until: 2029-01-01 }]';
    const key = policyOf(yaml, NOW).config.exceptions[0]?.key ?? '';
    const vms = [dc(), { name: 'LAB09', checkpoints: [{ name: 'golden', ageMs: 9 * DAY_MS }] }];
    const ahead = look(NO_MEMORY, { vms }, NOW + 400 * DAY_MS, yaml);
    const { guests, exceptions } = look(ahead, { vms: [dc(off)] }, NOW, yaml);
    expect(guests.get(guid('DC01'))).toEqual({ seenAt: NOW });
    expect(exceptions.get(key)).toEqual({ firstSeenAt: NOW, lastMatchedAt: NOW });
  });

  it('keeps since when an exception is watched and when it last covered anything, as long as it is configured', () => {
    const yaml = 'exceptions: [{ vm: LAB09, reason: r, until: 2029-01-01 }]';
    const key = policyOf(yaml, NOW).config.exceptions[0]?.key ?? '';
    const vms = [{ name: 'LAB09', checkpoints: [{ name: 'golden', ageMs: 9 * DAY_MS }] }];
    const first = look(NO_MEMORY, {}, NOW, yaml);
    expect(first.exceptions.get(key)).toEqual({ firstSeenAt: NOW, lastMatchedAt: null });
    const matched = look(first, { vms }, NOW + DAY_MS, yaml);
    expect(matched.exceptions.get(key)).toEqual({ firstSeenAt: NOW, lastMatchedAt: NOW + DAY_MS });
    expect(look(matched, {}, NOW + 2 * DAY_MS, yaml).exceptions.get(key)?.lastMatchedAt).toBe(NOW + DAY_MS);
    expect(look(matched, {}, NOW + 2 * DAY_MS).exceptions.size).toBe(0);
  });
});
