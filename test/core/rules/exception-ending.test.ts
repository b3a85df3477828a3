import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/units.ts';
import { inventory, NOW, type VmSpec } from '../../builders.ts';
import { findingsIn, policyOf } from '../../policy.ts';

const lab = { name: 'LAB09', checkpoints: [{ name: 'golden', ageMs: 200 * DAY_MS }] };
const found = (until: string) =>
  findingsIn(inventory({ readAt: NOW, vms: [lab] }), NOW, {
    policy: policyOf(`exceptions: [{ vm: LAB09, reason: training image, until: "${until}" }]`),
  })
    .filter(({ rule }) => rule === 'exception-ending')
    .map(({ severity, message, vm }) => `${severity} ${vm?.name}: ${message}`);

describe('exception-ending', () => {
  // Now is 2026-11-20 10:30 UTC, 11:30 at the host.
  it.each([
    ['2026-11-27 11:30', 1],
    ['2026-11-27 11:31', 0],
    ['2026-11-20 11:31', 1],
    ['2026-11-20 11:30', 0],
    ['2026-11-19', 0],
  ])('says seven days ahead that an exception ends: %s', (until, times) => {
    expect(found(until)).toHaveLength(times);
  });

  it('says which one, when, and what it covers', () => {
    expect(found('2026-11-22')).toEqual([
      'info LAB09: The exception "training image" (line 1 of the configuration) ends in 2d 12h; it covers a finding.',
    ]);
  });

  it('says nothing of what another exception goes on covering', () => {
    const text = (second: string) =>
      `exceptions: [{ vm: LAB09, reason: training, until: 2026-11-22 }, ${second}]`;
    const ending = (second: string, vm: VmSpec = lab) =>
      findingsIn(inventory({ readAt: NOW, vms: [vm] }), NOW, { policy: policyOf(text(second)) })
        .filter(({ rule }) => rule === 'exception-ending')
        .map(({ message }) => message);
    expect(ending('{ vm: "LAB*", reason: all labs, until: 2027-01-31 }')).toEqual([]);
    expect(ending('{ vm: "LAB*", reason: all labs, until: 2026-11-23 }')).toEqual([
      'The exception "all labs" (line 1 of the configuration) ends in 3d 12h; it covers a finding.',
    ]);
    const two = { ...lab, checkpoints: [...lab.checkpoints, { name: 'silver', ageMs: 100 * DAY_MS }] };
    expect(ending('{ vm: LAB09, checkpoint: golden, reason: image, until: 2027-01-31 }', two)).toEqual([
      'The exception "training" (line 1 of the configuration) ends in 2d 12h; it covers a finding.',
    ]);
  });
});
