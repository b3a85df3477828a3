import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { weigh } from '../../../src/core/preflight/answer.ts';
import { CHECK_VERDICTS, type Check, type CheckVerdict } from '../../../src/core/preflight/check.ts';

const check = (verdict: CheckVerdict, id = 'room'): Check => ({ id, verdict, text: `${id} is ${verdict}` });
const weighed = (verdicts: readonly CheckVerdict[], acceptUnknown = false) =>
  weigh(
    verdicts.map((verdict) => check(verdict)),
    acceptUnknown,
  );

/** From the best to the worst. */
const RANK = { yes: 0, unknown: 1, no: 2 };

const anyCheck = fc.record({
  id: fc.constantFrom('room', 'growth', 'state', 'layers'),
  verdict: fc.constantFrom(...CHECK_VERDICTS),
  text: fc.constant('x'),
});

describe('the checks together', () => {
  it.each([
    [[], 'yes', 0],
    [['yes', 'yes'], 'yes', 0],
    [['caution', 'yes', 'caution'], 'yes', 2],
    [['unknown', 'caution'], 'unknown', 1],
    [['unknown', 'no', 'caution'], 'no', 1],
  ] as const)('of %j give %s with %i cautions', (verdicts, verdict, cautions) => {
    expect(weighed(verdicts)).toMatchObject({ verdict, cautions });
  });

  it('count what is not known as a caution when that is accepted', () => {
    expect(weighed(['unknown', 'caution'], true)).toMatchObject({
      verdict: 'yes',
      cautions: 2,
      reason: null,
    });
    expect(weighed(['unknown', 'no'], true)).toMatchObject({ verdict: 'no' });
  });

  it('give the first reason, and how many more there are', () => {
    expect(weigh([check('yes'), check('no', 'state'), check('no')], false)).toMatchObject({
      reason: 'state is no',
      moreReasons: 1,
    });
  });

  it('stand worst first, in their order', () => {
    const checks = [
      check('yes', 'a'),
      check('unknown', 'growth'),
      check('caution', 'b'),
      check('no', 'c'),
      check('unknown', 'd'),
      check('no', 'e'),
    ];
    expect(weigh(checks, false).checks.map(({ id }) => id)).toEqual(['c', 'e', 'd', 'b', 'growth', 'a']);
  });

  it('do not need to know how fast the VM writes', () => {
    expect(weigh([check('unknown', 'growth'), check('yes')], false)).toMatchObject({
      verdict: 'yes',
      cautions: 0,
    });
    expect(weigh([check('no', 'growth'), check('yes')], false)).toMatchObject({ verdict: 'no' });
  });

  it('never get better by one more', () => {
    fc.assert(
      fc.property(fc.array(anyCheck), anyCheck, fc.boolean(), (checks, more, accept) => {
        const before = RANK[weigh(checks, accept).verdict];
        expect(RANK[weigh([...checks, more], accept).verdict]).toBeGreaterThanOrEqual(before);
      }),
    );
  });

  it('never get worse by accepting what is not known, and never lose a no by it', () => {
    fc.assert(
      fc.property(fc.array(anyCheck), (checks) => {
        const strict = weigh(checks, false).verdict;
        const accepted = weigh(checks, true).verdict;
        expect(accepted).toBe(strict === 'unknown' ? 'yes' : strict);
      }),
    );
  });
});
