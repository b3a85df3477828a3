import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileSelections } from '../../../src/core/policy/selector.ts';
import { matchesWildcard } from '../../../src/core/wildcard.ts';

const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', '-'), maxLength: 5 });
const pattern = fc.string({
  unit: fc.constantFrom('a', 'b', '1', '*', '?', '-'),
  minLength: 1,
  maxLength: 5,
});
const patterns = fc.array(pattern, { maxLength: 3 });
const selection = fc.record({ vm: patterns, host: patterns, tag: patterns });
const vm = fc.record({
  vm: fc.record({ id: text, name: text }),
  host: text,
  tags: fc.array(
    text.map((tag) => tag.toLowerCase()),
    { maxLength: 3 },
  ),
});

describe(compileSelections, () => {
  it('finds what trying every pattern would find, in the order of the file', () => {
    const any = (all: readonly string[], texts: readonly string[]): boolean =>
      all.length === 0 || all.some((one) => texts.some((each) => matchesWildcard(one, each)));
    fc.assert(
      fc.property(fc.array(selection, { maxLength: 8 }), fc.array(vm, { maxLength: 5 }), (all, vms) => {
        const select = compileSelections(all);
        // Asked twice: what is remembered must be what was found.
        for (const each of [...vms, ...vms]) {
          const expected = all.flatMap((one, position) =>
            any(one.vm, [each.vm.name, each.vm.id]) && any(one.host, [each.host]) && any(one.tag, each.tags)
              ? [position]
              : [],
          );
          expect(select(each)).toEqual(expected);
        }
      }),
      { numRuns: 400 },
    );
  });
});
