import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Perfdata, renderPerfdata } from '../../../src/core/nagios/perfdata.ts';
import { hostileName } from '../../hostile.ts';

const item: fc.Arbitrary<Perfdata> = fc.record({
  label: hostileName,
  value: fc.oneof(fc.maxSafeNat(), fc.double({ min: 0, max: 1e21, noNaN: true })),
  unit: fc.constantFrom('s', 'B', ''),
  warning: fc.constant(null),
  critical: fc.constant({ start: 0, end: 7, inside: false, text: '7' }),
});

/** Reads performance data as a monitoring server does. */
function read(text: string): readonly { label: string; value: number; unit: string }[] {
  return [...text.matchAll(/'([^'=]+)'=(-?\d+(?:\.\d+)?)([a-zA-Z%]*)((?:;[-\d.:@~]*)*)(?: |$)/gu)].map(
    ([, label = '', value = '', unit = '']) => ({ label, value: Number(value), unit }),
  );
}

describe(renderPerfdata, () => {
  it('is read back whole, whatever the labels, and every label is another', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 6 }), (items) => {
        const text = renderPerfdata(items);
        const parsed = read(text);
        expect(parsed.map(({ unit }) => unit)).toEqual(items.map(({ unit }) => unit));
        for (const [index, { value }] of items.entries()) expect(parsed[index]?.value).toBeCloseTo(value, 5);
        expect(new Set(parsed.map(({ label }) => label)).size).toBe(items.length);
        expect(text).not.toMatch(/[\n\r|]|e[+-]/);
      }),
    );
  });

  it('writes bytes exactly', () => {
    const size: Perfdata = {
      label: 'size',
      value: 341_456_912_384,
      unit: 'B',
      warning: null,
      critical: null,
    };
    expect(renderPerfdata([size])).toBe("'size'=341456912384B;;;0");
  });
});
