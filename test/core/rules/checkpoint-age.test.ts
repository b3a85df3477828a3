import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../../src/core/units.ts';
import { inventory, NOW } from '../../builders.ts';
import { findingsIn } from '../../policy.ts';
import { judged, judgedVm } from './judged.ts';

const aged = (
  ageMs: number,
  kind: 'user' | 'automatic' | 'backup' | 'replica' | 'planned' | 'unknown' = 'user',
) => ({
  name: 'SQL01',
  checkpoints: [{ name: 'c', kind, ageMs }],
});

describe('checkpoint-age', () => {
  it.each([
    [24 * HOUR_MS, []],
    [24 * HOUR_MS + 1, ['info c: older than 1d']],
    [3 * DAY_MS, ['info c: older than 1d']],
    [3 * DAY_MS + 1, ['warning c: older than 3d']],
    [7 * DAY_MS, ['warning c: older than 3d']],
    [7 * DAY_MS + 1, ['critical c: older than 7d']],
  ])('is crossed above the limit only: a user checkpoint of %i ms', (ageMs, expected) => {
    expect(judgedVm('checkpoint-age', aged(ageMs))).toEqual(expected);
  });

  it('never judges checkpoints of backup products and of Hyper-V Replica by age', () => {
    expect(judgedVm('checkpoint-age', aged(400 * DAY_MS, 'backup'))).toEqual([]);
    expect(judgedVm('checkpoint-age', aged(400 * DAY_MS, 'replica'))).toEqual([]);
  });

  it('warns about automatic checkpoints late and never calls them critical', () => {
    expect(judgedVm('checkpoint-age', aged(7 * DAY_MS, 'automatic'))).toEqual([]);
    expect(judgedVm('checkpoint-age', aged(90 * DAY_MS, 'automatic'))).toEqual(['warning c: older than 7d']);
  });

  it('judges a checkpoint of unknown type as one that a user took', () => {
    expect(judgedVm('checkpoint-age', aged(8 * DAY_MS, 'unknown'))).toEqual(['critical c: older than 7d']);
  });

  it('measures age on the clock of the host, however wrong that is', () => {
    const hosts = [{ readAt: NOW, clockOffsetMs: 5 * DAY_MS, vms: [aged(-3 * DAY_MS)] }];
    expect(judged('checkpoint-age', hosts)).toEqual(['info c: older than 1d']);
  });

  it('takes the age of a checkpoint from the future as nothing', () => {
    expect(judgedVm('checkpoint-age', aged(-DAY_MS))).toEqual([]);
  });

  it('lets age go on while the host cannot be read', () => {
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    const hosts = [{ readAt: NOW - 2 * HOUR_MS, failed, vms: [aged(7 * DAY_MS + HOUR_MS)] }];
    expect(judged('checkpoint-age', hosts)).toEqual(['critical c: older than 7d']);
  });

  it('says since when, how old, what is allowed and what to do', () => {
    const [found] = findingsIn(inventory({ readAt: NOW, vms: [aged(12 * DAY_MS + 4 * HOUR_MS)] }), NOW);
    expect(found).toMatchObject({
      sinceAt: NOW - 5 * DAY_MS - 4 * HOUR_MS,
      value: { unit: 'ms', value: 12 * DAY_MS + 4 * HOUR_MS },
      threshold: { unit: 'ms', value: 7 * DAY_MS },
      message: 'Checkpoint "c" of SQL01 is 12d 4h old; 7d is allowed.',
    });
    expect(found?.advice).toContain('Never delete .avhdx files by hand.');
  });

  it('does not say that what is just over the limit is exactly on it', () => {
    const [found] = findingsIn(inventory({ readAt: NOW, vms: [aged(3 * DAY_MS + MINUTE_MS)] }), NOW);
    expect(found?.message).toBe('Checkpoint "c" of SQL01 is just over 3d old; 3d is allowed.');
  });

  it('can be turned off, wholly or by level', () => {
    expect(judgedVm('checkpoint-age', aged(8 * DAY_MS), { 'checkpoint-age': null })).toEqual([]);
    const levels = { info: null, warning: MINUTE_MS, critical: null };
    expect(judgedVm('checkpoint-age', aged(8 * DAY_MS), { 'checkpoint-age': { user: levels } })).toEqual([
      'warning c: older than 1m',
    ]);
  });

  it.each([
    ['off', null],
    ['without any level', { info: null, warning: null, critical: null }],
  ])('judges what has a declared end as well where checkpoint-expired is %s', (_, expired) => {
    const declared = { name: 'SQL01', checkpoints: [{ name: 'c ttl=2d', ageMs: 60 * DAY_MS }] };
    expect(judgedVm('checkpoint-age', declared)).toEqual([]);
    expect(judgedVm('checkpoint-age', declared, { 'checkpoint-expired': expired })).toEqual([
      'critical c ttl=2d: older than 7d',
    ]);
  });

  it('raises one finding for a VM that two hosts list while it moves', () => {
    const vms = [aged(8 * DAY_MS)];
    expect(
      judged('checkpoint-age', [
        { host: 'hv01', vms },
        { host: 'hv02', vms },
      ]),
    ).toHaveLength(1);
  });
});
