import fc from 'fast-check';
import { expect, it } from 'vitest';
import { DURATION_PATTERN, PERCENT_PATTERN, SIZE_PATTERN } from '../../src/config/leaves.ts';
import { quoteValue } from '../../src/config/problem.ts';
import { suggest } from '../../src/core/suggest.ts';
import { parseBytes, parseDuration, parsePercent } from '../../src/core/units.ts';

it.each([
  ['durations', DURATION_PATTERN, parseDuration, /^(\d{1,4}(w|d|h|m|s|ms)| ){0,4}$/],
  ['sizes', SIZE_PATTERN, parseBytes, /^\d{1,3}(\.\d)? ?[kmgtx]?i?b?B?$/],
])('tells editors of %s what the agent takes', (_name, pattern, parse, likely) => {
  fc.assert(
    fc.property(fc.oneof(fc.stringMatching(likely), fc.string()), (text) => {
      expect(new RegExp(pattern).test(text.trim())).toBe(parse(text) !== null);
    }),
    { numRuns: 500 },
  );
});

it('tells editors of percentages what the agent takes, but for their upper limit', () => {
  fc.assert(
    fc.property(fc.oneof(fc.stringMatching(/^\d{1,2}(\.\d)? ?%?$/), fc.string()), (text) => {
      expect(new RegExp(PERCENT_PATTERN).test(text.trim())).toBe(parsePercent(text) !== null);
    }),
  );
});

it.each([
  ['smpt', ['smtp', 'to'], 'smtp'],
  ['crit', ['info', 'warning', 'critical'], 'critical'],
  ['maxCheckpoints', ['per_checkpoint', 'max_checkpoints'], 'max_checkpoints'],
  ['banana', ['smtp', 'to'], null],
  ['x', ['to', 'cc'], null],
  ['', ['to'], null],
])('takes %j for one of %j: %j', (word, candidates, meant) => {
  expect(suggest(word, candidates)).toBe(meant);
});

it('quotes hostile values on one short line', () => {
  expect(quoteValue('a\nb\u202e\u001b[31m"')).toBe('"a\\nb\\u202e\\u001b[31m\\""');
  expect(quoteValue('x'.repeat(1000))).toBe(`"${'x'.repeat(60)}…"`);
  expect(quoteValue('\ud800')).toBe('"\\ud800"');
});
