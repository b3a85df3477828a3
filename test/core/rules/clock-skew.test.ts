import { describe, expect, it } from 'vitest';
import { MINUTE_MS } from '../../../src/core/units.ts';
import { judged } from './judged.ts';

describe('clock-skew', () => {
  it.each([
    [5 * MINUTE_MS, []],
    [5 * MINUTE_MS + 1, ["warning hv01: clock 5m ahead of the agent's"]],
    [-6 * MINUTE_MS, ["warning hv01: clock 6m behind the agent's"]],
  ])('judges a clock that is %i ms ahead', (clockOffsetMs, expected) => {
    expect(judged('clock-skew', [{ clockOffsetMs }])).toEqual(expected);
  });
});
