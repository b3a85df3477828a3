import { describe, expect, it } from 'vitest';
import type { PolicyMemory } from '../../../src/core/policy/memory.ts';
import { DAY_MS } from '../../../src/core/units.ts';
import { type HostSpec, inventory, NOW } from '../../builders.ts';
import { findingsIn, policyOf } from '../../policy.ts';

const policy = policyOf('exceptions: [{ vm: LAB09, reason: training image, until: 2027-12-31 }]');
const key = policy.config.exceptions[0]?.key ?? '';

function found(firstSeenAt: number, lastMatchedAt: number | null, host: HostSpec = {}): readonly string[] {
  const memory: PolicyMemory = {
    guests: new Map(),
    exceptions: new Map([[key, { firstSeenAt, lastMatchedAt }]]),
  };
  return findingsIn(inventory({ readAt: NOW, vms: [{ name: 'SQL01' }], ...host }), NOW, { policy, memory })
    .filter(({ rule }) => rule === 'exception-unused')
    .map(({ severity, message }) => `${severity}: ${message}`);
}

describe('exception-unused', () => {
  it.each([
    [30 * DAY_MS, 0],
    [30 * DAY_MS + 1, 1],
  ])('is said after 30 days without a finding, counted from when it was first seen: %i ms', (ms, times) => {
    expect(found(NOW - ms, null)).toHaveLength(times);
  });

  it('counts from when it last covered something', () => {
    expect(found(NOW - 400 * DAY_MS, NOW - 29 * DAY_MS)).toEqual([]);
    expect(found(NOW - 400 * DAY_MS, NOW - 45 * DAY_MS)).toEqual([
      'info: The exception "training image" (line 1 of the configuration) has covered nothing for 45d.',
    ]);
  });

  it('says nothing while it covers something, or while what it covers may be on a host that was not read', () => {
    const vms = [{ name: 'LAB09', checkpoints: [{ name: 'golden', ageMs: 9 * DAY_MS }] }];
    expect(found(NOW - 400 * DAY_MS, null, { vms })).toEqual([]);
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    expect(found(NOW - 400 * DAY_MS, null, { failed })).toEqual([]);
  });

  it('says nothing while the checkpoints of a VM that it names were not read', () => {
    const unread = (name: string) => found(NOW - 400 * DAY_MS, null, { vms: [{ name, checkpoints: null }] });
    expect(unread('LAB09')).toEqual([]);
    expect(unread('SQL01')).toHaveLength(1);
  });
});
