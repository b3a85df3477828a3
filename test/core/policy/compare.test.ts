import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Finding, findingKey } from '../../../src/core/finding.ts';
import { compareJudgements } from '../../../src/core/policy/compare.ts';
import { SEVERITIES } from '../../../src/core/severity.ts';
import { finding, NOW } from '../../builders.ts';

const excepted = { reason: 'training image', untilAt: NOW + 1000, owner: null, line: 3 };

describe(compareJudgements, () => {
  it('tells what appears, what disappears and what changes', () => {
    const [old, large, both] = ['old', 'large', 'both'].map((checkpoint) =>
      finding({ vm: 'SQL01', checkpoint }),
    );
    if (old === undefined || large === undefined || both === undefined) throw new Error('three findings');
    const worse = { ...both, severity: 'critical' as const };
    expect(compareJudgements([old, both], [large, worse])).toEqual({
      same: 0,
      changes: [
        { type: 'changes', before: both, after: worse },
        { type: 'disappears', before: old, after: null },
        { type: 'appears', before: null, after: large },
      ],
    });
  });

  it('takes becoming and ceasing to be excepted for a change', () => {
    const open = finding({ vm: 'LAB09', checkpoint: 'golden' });
    const covered = { ...open, exception: excepted };
    expect(compareJudgements([open], [covered]).changes).toMatchObject([{ type: 'changes' }]);
    expect(compareJudgements([covered], [open]).changes).toMatchObject([{ type: 'changes' }]);
    const longer = { ...covered, exception: { ...excepted, untilAt: NOW + 2000 } };
    expect(compareJudgements([covered], [longer])).toEqual({ same: 1, changes: [] });
  });

  it('takes another limit of the same severity for the same', () => {
    const before = finding({ vm: 'SQL01', checkpoint: 'old' }, { reason: 'older than 3d' });
    expect(compareJudgements([before], [{ ...before, reason: 'older than 2d' }])).toEqual({
      same: 1,
      changes: [],
    });
  });

  it('puts the worst first, and what only exceptions cover last', () => {
    const of = (vm: string, more: Partial<Finding>): Finding => finding({ vm }, more);
    const before = [
      of('a', { severity: 'info' }),
      of('b', { severity: 'warning' }),
      of('c', { exception: excepted }),
    ];
    const after = [of('a', { severity: 'critical' }), of('d', { severity: 'warning', sinceAt: 0 })];
    const names = compareJudgements(before, after).changes.map(
      (change) => (change.after ?? change.before).vm?.name,
    );
    expect(names).toEqual(['a', 'd', 'b', 'c']);
  });

  const some = fc.uniqueArray(
    fc
      .record({
        vm: fc.constantFrom('a', 'b', 'c', 'd'),
        severity: fc.constantFrom(...SEVERITIES),
        exception: fc.constantFrom(null, excepted),
      })
      .map(({ vm, ...more }) => finding({ vm }, more)),
    { selector: findingKey },
  );

  it('finds nothing to change where nothing is another', () => {
    fc.assert(
      fc.property(some, (findings) => {
        expect(compareJudgements(findings, findings.toReversed())).toEqual({
          same: findings.length,
          changes: [],
        });
      }),
    );
  });

  it('accounts for every finding, and tells the opposite the other way round', () => {
    fc.assert(
      fc.property(some, some, (before, after) => {
        const { changes, same } = compareJudgements(before, after);
        const back = compareJudgements(after, before);
        const count = (type: string, of = changes) => of.filter((change) => change.type === type).length;
        expect(count('disappears') + count('changes') + same).toBe(before.length);
        expect(count('appears') + count('changes') + same).toBe(after.length);
        expect([back.same, count('appears', back.changes)]).toEqual([same, count('disappears')]);
      }),
    );
  });
});
