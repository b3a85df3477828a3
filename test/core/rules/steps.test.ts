import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../src/core/inventory.ts';
import type { Policy } from '../../../src/core/policy/compile.ts';
import { NO_MEMORY } from '../../../src/core/policy/memory.ts';
import { compileSelections } from '../../../src/core/policy/selector.ts';
import { judgeInSteps } from '../../../src/core/rules/index.ts';
import { DAY_MS } from '../../../src/core/units.ts';
import { inventory, NOW } from '../../builders.ts';
import { DEFAULT_POLICY, policyOf } from '../../policy.ts';

/** How often others get their turn while this is judged. */
function turns(judged: Inventory, policy: Policy): number {
  const steps = judgeInSteps({ inventory: judged, policy, memory: NO_MEMORY, now: NOW });
  let turns = 0;
  while (steps.next().done !== true) turns++;
  return turns;
}

const fleet = (vms: number, notes: string | null): Inventory =>
  inventory({
    vms: Array.from({ length: vms }, (_, index) => ({
      name: `VM${index}`,
      notes,
      checkpoints: [{ name: 'c', ageMs: 30 * DAY_MS, notes }],
    })),
  });

describe(judgeInSteps, () => {
  const notes = 'x'.repeat(4096);
  const few = turns(fleet(100, null), DEFAULT_POLICY);

  it('hands the turn back while many long notes are read', () => {
    expect(turns(fleet(100, notes), DEFAULT_POLICY)).toBeGreaterThan(few + 5);
  });

  it('hands the turn back while many long notes are matched', () => {
    const kinds = Array.from({ length: 10 }, (_, index) => [`k${index}`, { notes: '*nothing*' }]);
    const policy = policyOf(JSON.stringify({ kinds: Object.fromEntries(kinds) }));
    expect(turns(fleet(100, notes), policy)).toBeGreaterThan(turns(fleet(100, notes), DEFAULT_POLICY) + 5);
  });

  it('hands the turn back while many exceptions meet many findings', () => {
    const exceptions = Array.from({ length: 1000 }, (_, index) => ({
      checkpoint: `c${index}*`,
      reason: 'r',
      until: '2027-01-01',
    }));
    expect(turns(fleet(100, null), policyOf(JSON.stringify({ exceptions })))).toBeGreaterThan(few + 5);
  });
});

it('thousands of selections for everybody are remembered once, not once for each VM', () => {
  const selection = { vm: [], host: [], tag: [] };
  const select = compileSelections([selection, selection, { ...selection, vm: ['B'] }]);
  const of = (name: string) => select({ vm: { id: name, name }, host: 'hv01', tags: [] });
  expect(of('A1')).toBe(of('A2'));
  expect(of('B')).toEqual([0, 1, 2]);
});
