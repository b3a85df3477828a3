import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../../src/core/units.ts';
import { type CheckpointSpec, inventory, NOW } from '../../builders.ts';
import { findingsIn } from '../../policy.ts';
import { judgedVm } from './judged.ts';

const named = (name: string, ageMs = 2 * DAY_MS) => ({ name: 'SQL01', checkpoints: [{ name, ageMs }] });

describe('checkpoint-expired', () => {
  it.each([
    // The host of the builders is an hour ahead of UTC: 2026-11-19 ends there at 23:00 UTC.
    ['before patch keep-until=2026-11-20', []],
    [
      'before patch keep-until=2026-11-19',
      ['warning before patch keep-until=2026-11-19: past its declared end'],
    ],
    ['x keep-until=2026-11-18', ['critical x keep-until=2026-11-18: past its declared end by more than 1d']],
  ])('judges %s on the clock of the host', (name, expected) => {
    expect(judgedVm('checkpoint-expired', named(name))).toEqual(expected);
  });

  it.each([
    [DAY_MS, []],
    [DAY_MS + 1, ['warning a ttl=1d: past its declared end']],
    [2 * DAY_MS, ['warning a ttl=1d: past its declared end']],
    [2 * DAY_MS + 1, ['critical a ttl=1d: past its declared end by more than 1d']],
  ])('is crossed above the limit only: a lifetime of a day after %i ms', (ageMs, expected) => {
    expect(judgedVm('checkpoint-expired', named('a ttl=1d', ageMs))).toEqual(expected);
  });

  it('takes the place of the age, before the end and after it', () => {
    expect(judgedVm('checkpoint-age', named('x ttl=30d', 20 * DAY_MS))).toEqual([]);
    expect(judgedVm('checkpoint-age', named('x ttl=10d', 20 * DAY_MS))).toEqual([]);
  });

  it('takes the earliest of several ends', () => {
    const vm = {
      name: 'A',
      checkpoints: [{ name: 'c ttl=10d', notes: 'keep until 2026-11-18', ageMs: 3 * DAY_MS }],
    };
    expect(judgedVm('checkpoint-expired', vm)).toEqual([
      'critical c ttl=10d: past its declared end by more than 1d',
    ]);
  });

  it('falls back to the notes of the VM for a checkpoint that says nothing itself', () => {
    const vm = {
      name: 'A',
      notes: 'lab machine [ckpt:ttl=12h]',
      checkpoints: [
        { name: 'quiet', ageMs: DAY_MS },
        { name: 'own ttl=2d', ageMs: HOUR_MS },
      ],
    };
    expect(judgedVm('checkpoint-expired', vm)).toEqual(['warning quiet: past its declared end']);
  });

  it.each(['backup', 'replica'] as const)('has no end in the notes of the VM for one of a %s', (kind) => {
    const vm = {
      name: 'A',
      notes: '[ckpt:ttl=1h]',
      checkpoints: [{ name: 'A - (11/18/2026 - 2:00:00 AM)', kind, ageMs: 2 * DAY_MS }],
    };
    expect(judgedVm('checkpoint-expired', vm)).toEqual([]);
    expect(judgedVm('lifetime-ignored', vm)).toEqual([]);
  });

  describe('an end in the notes of the VM that had passed when the checkpoint was taken', () => {
    const vm = (checkpoint: Partial<CheckpointSpec>) => ({
      name: 'A',
      notes: 'migration, keep-until=2026-03-01',
      checkpoints: [{ ...checkpoint, name: 'new' }],
    });

    it('is not about it: its age is judged, and that is said', () => {
      expect(judgedVm('checkpoint-expired', vm({ ageMs: HOUR_MS }))).toEqual([]);
      expect(judgedVm('lifetime-ignored', vm({ ageMs: HOUR_MS }))).toEqual([
        'info new: declaration not used',
      ]);
      expect(judgedVm('checkpoint-age', vm({ ageMs: 4 * DAY_MS }))).toEqual(['warning new: older than 3d']);
    });

    it.each([
      ['taken before it', { ageMs: 300 * DAY_MS }],
      ['of unknown age', { createdAt: null }],
      ['whose time is in the future', { ageMs: -DAY_MS }],
    ])('holds for one %s', (_, checkpoint) => {
      expect(judgedVm('checkpoint-expired', vm(checkpoint))).toEqual([
        'critical new: past its declared end by more than 1d',
      ]);
    });
  });

  it.each([
    [HOUR_MS, ['warning x keep-until=2026-03-01: past its declared end']],
    [DAY_MS + 1, ['critical x keep-until=2026-03-01: past its declared end by more than 1d']],
  ])(
    'counts its limits from when it was taken, where its own name ends before: after %i ms',
    (ageMs, expected) => {
      expect(judgedVm('checkpoint-expired', named('x keep-until=2026-03-01', ageMs))).toEqual(expected);
    },
  );

  it('says by which words, since when, and what to do', () => {
    const [found] = findingsIn(inventory({ readAt: NOW, vms: [named('x ttl=1d', DAY_MS + HOUR_MS)] }), NOW);
    expect(found).toMatchObject({
      sinceAt: NOW - HOUR_MS,
      message: 'Checkpoint "x ttl=1d" of SQL01 was to be kept by "ttl=1d", which ended 1h ago.',
    });
    expect(found?.advice).toContain('Never delete .avhdx files by hand.');
  });
});
