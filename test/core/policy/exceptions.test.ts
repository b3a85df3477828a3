import { describe, expect, it } from 'vitest';
import { DAY_MS } from '../../../src/core/units.ts';
import { guid, inventory, NOW, type VmSpec } from '../../builders.ts';
import { findingsIn, policyOf } from '../../policy.ts';

const old = (name: string) => ({ name, ageMs: 40 * DAY_MS });
const lab: VmSpec = { name: 'LAB09', checkpoints: [old('golden'), old('other')] };
const sql: VmSpec = { name: 'SQL01', checkpoints: [old('before patch')] };

/** `checkpoint or VM: reason of the exception`, of the findings of checkpoint-age and checkpoint-count. */
function covered(exceptions: string, vms: readonly VmSpec[] = [lab, sql]): readonly string[] {
  const policy = policyOf(`exceptions: [${exceptions}]`, NOW);
  return findingsIn(inventory({ readAt: NOW, vms }), NOW, { policy })
    .filter(({ rule }) => rule === 'checkpoint-age' || rule === 'checkpoint-count' || rule === 'guest-role')
    .map(({ checkpoint, vm, exception }) => `${checkpoint?.name ?? vm?.name}: ${exception?.reason ?? '-'}`)
    .sort();
}

describe('exceptions', () => {
  it('cover the checkpoints that they name, until their day is over', () => {
    expect(covered('{ vm: LAB09, checkpoint: golden, reason: image, until: 2026-11-20 }')).toEqual([
      'before patch: -',
      'golden: image',
      'other: -',
    ]);
    expect(covered('{ vm: LAB09, checkpoint: golden, reason: image, until: 2026-11-19 }')).toEqual([
      'before patch: -',
      'golden: -',
      'other: -',
    ]);
  });

  it('end on the clock of the host, to the minute', () => {
    // Now is 11:30 at the host.
    expect(covered('{ vm: SQL01, reason: r, until: "2026-11-20 11:31" }')[0]).toBe('before patch: r');
    expect(covered('{ vm: SQL01, reason: r, until: "2026-11-20 11:30" }')[0]).toBe('before patch: -');
  });

  it('end by the clock of the agent as well where that of the host is behind', () => {
    const policy = policyOf('exceptions: [{ vm: SQL01, reason: r, until: 2026-11-19 }]', NOW);
    const behind = (clockOffsetMs: number) =>
      findingsIn(inventory({ readAt: NOW, clockOffsetMs, vms: [sql] }), NOW, { policy }).some(
        ({ exception }) => exception !== null,
      );
    expect([0, -30 * DAY_MS].map(behind)).toEqual([false, false]);
  });

  it('know a checkpoint by its id as well', () => {
    const id = guid('LAB09/golden/0');
    expect(covered(`{ checkpoint: "${id}", reason: r, until: 2027-01-01 }`)).toEqual([
      'before patch: -',
      'golden: r',
      'other: -',
    ]);
  });

  it('with wildcards mean names alone: an id matches by chance', () => {
    const id = guid('LAB09/golden/0');
    const patterns = [`${id.slice(0, 3)}*`, `*${id.slice(-2)}`];
    expect(covered(`{ checkpoint: ${JSON.stringify(patterns)}, reason: r, until: 2027-01-01 }`)).toEqual([
      'before patch: -',
      'golden: -',
      'other: -',
    ]);
  });

  it('cover by kind, and what is said of the whole VM only when neither kind nor checkpoint is named', () => {
    const many: VmSpec = {
      name: 'LAB09',
      checkpoints: ['a', 'b', 'c', 'd'].map((name) => ({ name, ageMs: 4 * DAY_MS, kind: 'user' })),
    };
    expect(covered('{ vm: LAB09, kind: user, reason: r, until: 2027-01-01 }', [many])).toEqual([
      'LAB09: -',
      'a: r',
      'b: r',
      'c: r',
      'd: r',
    ]);
    expect(covered('{ vm: LAB09, reason: r, until: 2027-01-01 }', [many])[0]).toBe('LAB09: r');
  });

  it('cover age and number alone, unless they name other rules', () => {
    const dc: VmSpec = { name: 'DC01', guestProductType: 2, checkpoints: [{ name: 'x', ageMs: 2 * DAY_MS }] };
    expect(covered('{ vm: DC01, reason: r, until: 2027-01-01 }', [dc])).toEqual(['x: -', 'x: r']);
    expect(covered('{ vm: DC01, rules: [guest-role], reason: r, until: 2027-01-01 }', [dc])).toEqual([
      'x: -',
      'x: r',
    ]);
    expect(
      covered('{ vm: DC01, rules: [guest-role, checkpoint-age], reason: r, until: 2027-01-01 }', [dc]),
    ).toEqual(['x: r', 'x: r']);
  });

  it('give way to the first of several that has not ended', () => {
    const yaml =
      '{ vm: SQL01, reason: ended, until: 2026-01-01 }, { vm: "S*", reason: first, until: 2027-01-01 }, { vm: SQL01, reason: second, until: 2027-01-01 }';
    expect(covered(yaml)[0]).toBe('before patch: first');
  });

  it('say who is responsible, if the checkpoint does not', () => {
    const policy = policyOf('exceptions: [{ vm: "*", reason: r, until: 2027-01-01, owner: ops }]', NOW);
    const vms = [{ name: 'A', checkpoints: [old('x owner=jane'), old('y')] }];
    const found = findingsIn(inventory({ readAt: NOW, vms }), NOW, { policy });
    expect(found.flatMap(({ rule, owner }) => (rule === 'checkpoint-age' ? [owner] : [])).sort()).toEqual([
      'jane',
      'ops',
    ]);
  });

  it('stay the same exception when only reason and end change', () => {
    const key = (more: string) => policyOf(`exceptions: [{ vm: [B, A], ${more} }]`).config.exceptions[0]?.key;
    expect(key('reason: r, until: 2027-01-01')).toBe(key('reason: other, until: 2028-01-01, owner: x'));
    expect(key('reason: r, until: 2027-01-01')).not.toBe(key('checkpoint: c, reason: r, until: 2027-01-01'));
  });
});
