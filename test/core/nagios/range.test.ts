import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainNumber } from '../../../src/core/nagios/perfdata.ts';
import {
  formatRange,
  isAlert,
  isAlertFrom,
  isUpperLimit,
  parseRange,
  type Range,
  rangeText,
} from '../../../src/core/nagios/range.ts';
import { formatByteLimit, parseBytes, parseDuration } from '../../../src/core/units.ts';

const none = (): null => null;

function range(text: string, parseUnit: (text: string) => number | null = none): Range {
  const parsed = parseRange(text, parseUnit);
  if (!parsed.ok) throw new Error(parsed.problem);
  return parsed.range;
}

describe(parseRange, () => {
  // The table of the Monitoring Plugins' development guidelines, with both sides of every bound.
  it.each([
    ['10', [-1, 10.5, 11], [0, 5, 10]],
    ['10:', [9, -10], [10, 11]],
    ['~:10', [11, 10.5], [-100, 0, 10]],
    ['10:20', [9, 21], [10, 15, 20]],
    ['@10:20', [10, 15, 20], [9, 21]],
    ['@:20', [0, 20], [-1, 21]],
    [':20', [-1, 21], [0, 20]],
    ['0', [-1, 1], [0]],
    ['-10:-5', [-11, 0], [-10, -5]],
    ['1.5:2.5', [1.4, 2.6], [1.5, 2.5]],
    ['@5', [0, 5], [-1, 6]],
  ])('%s alerts at %j and is fine at %j', (text, alerts, fine) => {
    expect(alerts.filter((value) => !isAlert(range(text), value))).toEqual([]);
    expect(fine.filter((value) => isAlert(range(text), value))).toEqual([]);
  });

  it.each(['', ':', '@', '@:', '20:10', 'a', '1:2:3', '~', '10:~', '@@1', '3d', '1e3', '0x10', '1,5', '--1'])(
    'refuses %j',
    (text) => {
      expect(parseRange(text, none)).toEqual({
        ok: false,
        problem: expect.stringMatching(
          / is (no number|an empty range)$| has more than one colon$| starts above its end$/,
        ),
      });
    },
  );

  it('says what was not understood, once', () => {
    expect(parseRange('abc', none, 'age such as 3d')).toEqual({
      ok: false,
      problem: '"abc" is no age such as 3d',
    });
    expect(parseRange('1:abc', none)).toEqual({ ok: false, problem: '"abc" in "1:abc" is no number' });
  });

  it('takes durations and sizes where the unit allows them', () => {
    expect(range('@1d12h:7d', parseDuration)).toMatchObject({
      start: 129_600_000,
      end: 604_800_000,
      inside: true,
    });
    expect(range('50GiB', parseBytes)).toMatchObject({ start: 0, end: 53_687_091_200 });
  });
});

describe(formatRange, () => {
  const bound = fc.integer({ min: -1_000_000, max: 1_000_000 });

  it('writes a range that reads back as the same', () => {
    fc.assert(
      fc.property(
        bound,
        bound,
        fc.boolean(),
        fc.constantFrom('both', 'start', 'end'),
        (a, b, inside, open) => {
          const start = open === 'end' ? -Infinity : Math.min(a, b);
          const end = open === 'start' ? Infinity : Math.max(a, b);
          const { text: _, ...read } = range(formatRange({ start, end, inside, text: '' }, plainNumber));
          expect(read).toEqual({ start, end, inside });
        },
      ),
    );
  });
});

describe(rangeText, () => {
  it.each([
    ['50GiB', 'allowed 50 GiB', true],
    ['53687091200', 'allowed 50 GiB', true],
    ['~:50GiB', 'allowed 50 GiB', true],
    ['10GiB:200GiB', 'allowed 10 GiB to 200 GiB', false],
    ['10GiB:', 'allowed 10 GiB or more', false],
    ['@10GiB:20GiB', 'alerts at 10 GiB to 20 GiB', false],
    ['@20GiB', 'alerts at 20 GiB or less', false],
    ['@10GiB:', 'alerts at 10 GiB or more', false],
    ['-5:5', 'allowed -5:5', true],
    ['0:', 'allowed 0:', false],
    ['@~:', 'alerts at @~:', false],
  ])('tells %s as "%s"', (text, told, isUpper) => {
    expect(rangeText(range(text, parseBytes), formatByteLimit)).toBe(told);
    expect(isUpperLimit(range(text, parseBytes))).toBe(isUpper);
  });
});

describe(isAlertFrom, () => {
  it('is true only if no larger value is fine', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('10', '10:', '~:10', '10:20', '@10:20', '@10:', '@:20'),
        fc.nat(40),
        fc.nat(40),
        (text, from, more) => {
          if (isAlertFrom(range(text), from)) expect(isAlert(range(text), from + more)).toBe(true);
        },
      ),
    );
  });
});
