import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createOutputReader } from '../../src/collector/output-reader.ts';

const DELIMITER = 'a1B2c3D4e5F6g7H8';

describe('reading up to the second delimiter', () => {
  it('gives what lies between the two, however the output is cut into pieces', () => {
    const text = fc.string().filter((each) => !each.includes(DELIMITER));
    const cuts = fc.array(fc.integer({ min: 1, max: 20 }), { maxLength: 100 });
    fc.assert(
      fc.property(text, text, cuts, (before, between, lengths) => {
        const reader = createOutputReader(DELIMITER, 1e6);
        let rest = before + DELIMITER + between + DELIMITER;
        let state = 'more';
        for (const length of [...lengths, rest.length]) {
          if (state !== 'more') break;
          state = reader.push(rest.slice(0, length));
          rest = rest.slice(length);
        }
        expect(state).toBe('complete');
        expect(reader.text()).toBe(between);
      }),
    );
  });

  it('is full one byte above its limit', () => {
    const reader = createOutputReader(DELIMITER, 10);
    expect(reader.push('x'.repeat(10))).toBe('more');
    expect(reader.push('x')).toBe('full');
  });

  it('gives what came after the first delimiter when the second never comes', () => {
    const reader = createOutputReader(DELIMITER, 100);
    expect(reader.push(`noise${DELIMITER}partial`)).toBe('more');
    expect(reader.text()).toBe('partial');
  });

  it('gives everything when no delimiter came', () => {
    const reader = createOutputReader(DELIMITER, 100);
    reader.push('some');
    reader.push('thing');
    expect(reader.text()).toBe('something');
  });
});
