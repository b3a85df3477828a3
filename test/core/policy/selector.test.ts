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
    const isNamed = (all: readonly string[], { name, id }: { name: string; id: string }): boolean =>
      any(all, [name]) || all.some((one) => one.toLowerCase() === id.toLowerCase());
    fc.assert(
      fc.property(fc.array(selection, { maxLength: 8 }), fc.array(vm, { maxLength: 5 }), (all, vms) => {
        const select = compileSelections(all);
        // Asked twice: what is remembered must be what was found.
        for (const each of [...vms, ...vms]) {
          const expected = all.flatMap((one, position) =>
            isNamed(one.vm, each.vm) && any(one.host, [each.host]) && any(one.tag, each.tags)
              ? [position]
              : [],
          );
          expect(select(each)).toEqual(expected);
        }
      }),
      { numRuns: 400 },
    );
  });

  it('knows an id only whole: what means names must not meet a VM by the chance of its id', () => {
    const id = 'DC01f00d-0000-4000-8000-0000000000a1';
    const selections = ['dc*', '*a1', 'dc01????-*', id.toLowerCase()].map((one) => ({
      vm: [one],
      host: [],
      tag: [],
    }));
    expect(compileSelections(selections)({ vm: { id, name: 'payroll' }, host: 'hv01', tags: [] })).toEqual([
      3,
    ]);
  });
});
