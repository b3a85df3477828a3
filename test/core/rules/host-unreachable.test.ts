import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/units.ts';
import { NOW } from '../../builders.ts';
import { judged } from './judged.ts';

const failed = { code: 'VMMS_STOPPED', detail: null, target: null } as const;

describe('host-unreachable', () => {
  it.each([
    [HOUR_MS, []],
    [HOUR_MS + 1, ['warning hv03: not read for more than 1h']],
    [DAY_MS, ['warning hv03: not read for more than 1h']],
    [DAY_MS + 1, ['critical hv03: not read for more than 1d']],
  ])('counts from the last good reading: %i ms', (agoMs, expected) => {
    expect(judged('host-unreachable', [{ host: 'hv03', readAt: NOW - agoMs, failed }])).toEqual(expected);
  });

  it('counts from the first attempt when there never was a good reading', () => {
    const host = { host: 'hv03', readAt: NOW - 2 * HOUR_MS, failed, unread: true };
    expect(judged('host-unreachable', [host])).toEqual(['warning hv03: not read for more than 1h']);
  });

  it('is content with a host that was read', () => {
    expect(judged('host-unreachable', [{ readAt: NOW - 3 * DAY_MS }])).toEqual([]);
  });
});
