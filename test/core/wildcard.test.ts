import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { matchesAny, matchesWildcard } from '../../src/core/wildcard.ts';

describe(matchesWildcard, () => {
  it.each([
    ['SQL*', ['sql01', 'SQL', 'SQL 02'], ['xSQL', 'DC01']],
    ['*', ['', 'anything'], []],
    ['?C01', ['DC01', 'dc01'], ['C01', 'DDC01']],
    ['*-t?st*', ['web-test', 'a-tast-b'], ['web-tst']],
    ['a.c', ['A.C'], ['abc']],
    ['[x]', ['[X]'], ['x']],
  ])('%s', (pattern, yes, no) => {
    expect(yes.filter((text) => !matchesWildcard(pattern, text))).toEqual([]);
    expect(no.filter((text) => matchesWildcard(pattern, text))).toEqual([]);
  });

  it('does what a regular expression would', () => {
    const piece = fc.constantFrom('*', '?', 'a', 'b', '.');
    fc.assert(
      fc.property(
        fc.array(piece, { maxLength: 8 }),
        fc.string({ unit: fc.constantFrom('a', 'b', '.'), maxLength: 10 }),
        (pieces, text) => {
          const expression = pieces
            .map((p) => (p === '*' ? '.*' : p === '?' ? '.' : p === '.' ? '\\.' : p))
            .join('');
          expect(matchesWildcard(pieces.join(''), text)).toBe(new RegExp(`^${expression}$`).test(text));
        },
      ),
    );
  });

  it('comes to an end soon, whatever the pattern', () => {
    expect(matchesWildcard(`${'*a'.repeat(150)}b`, 'a'.repeat(1000))).toBe(false);
  });
});

describe(matchesAny, () => {
  it('matches everything without a pattern', () => {
    expect([matchesAny([], 'x'), matchesAny(['a', 'X'], 'x'), matchesAny(['a'], 'x')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});
