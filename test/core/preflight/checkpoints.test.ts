import { describe, expect, it } from 'vitest';
import { checkCheckpoints } from '../../../src/core/preflight/checkpoints.ts';
import { DAY_MS } from '../../../src/core/units.ts';
import type { CheckpointSpec } from '../../builders.ts';
import { policyOf } from '../../policy.ts';
import { asked } from './asked.ts';

const NO_LIMITS = 'rules: { chain-depth: null, checkpoint-count: null }';
const NO_DEPTH = 'rules: { chain-depth: null }';
const NO_COUNT = 'rules: { checkpoint-count: null }';

function many(count: number, kind = 'user'): readonly CheckpointSpec[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `c${index}`,
    kind,
    ageMs: (60 - index) * DAY_MS,
  }));
}

function judged(checkpoints: readonly CheckpointSpec[], yaml = '') {
  return checkCheckpoints(asked({ checkpoints }, { policy: policyOf(yaml) }));
}

describe('the checkpoints that are there', () => {
  it('are fine when there are none', () => {
    expect(judged([])).toEqual({ id: 'checkpoints', verdict: 'yes', text: 'it has none' });
  });

  it('are a caution, with the oldest', () => {
    expect(judged(many(2))).toMatchObject({
      verdict: 'caution',
      text: 'it has 2 already, the oldest "c0", 60d old',
    });
  });

  it('are said without an age that nobody knows', () => {
    const [known, unknown] = [
      { name: 'known', ageMs: DAY_MS },
      { name: 'unknown', createdAt: null },
    ];
    expect(judged([unknown]).text).toBe('it has 1 already, nobody knows how old');
    expect(judged([known, unknown]).text).toBe('it has 2 already, the oldest of known age "known", 1d old');
  });

  it('are not counted where Hyper-V Replica keeps them', () => {
    expect(judged(many(20, 'replica'), NO_DEPTH)).toMatchObject({
      verdict: 'yes',
      text: 'it has none besides 20 recovery points of Hyper-V Replica',
    });
  });

  it('are not known when they were not listed', () => {
    expect(checkCheckpoints(asked({ checkpoints: null })).verdict).toBe('unknown');
  });

  it.each([
    [2, 'caution', 'it has 2 already, the oldest "c0", 60d old'],
    [
      3,
      'caution',
      'it has 3 already, the oldest "c0", 60d old; one more is above the 3 that checkpoint-count allows',
    ],
    [
      9,
      'caution',
      'it has 9 already, the oldest "c0", 60d old; one more is above the 3 that checkpoint-count allows',
    ],
    [
      10,
      'no',
      'one more is above the 10 that checkpoint-count allows; it has 10 already, the oldest "c0", 60d old',
    ],
  ])('forbid when one more is above the limit: %i', (count, verdict, text) => {
    expect(judged(many(count), NO_DEPTH)).toMatchObject({ verdict, text });
  });

  it.each([
    [2, 'caution'],
    [5, 'caution'],
    [6, 'no'],
  ])('forbid when one more AVHDX file is above the limit: %i', (count, verdict) => {
    expect(judged(many(count), NO_COUNT).verdict).toBe(verdict);
  });

  it('says what the chain is', () => {
    expect(judged(many(6), NO_COUNT).text).toBe(
      'it runs on 6 AVHDX files, and one more is above the 6 that chain-depth allows; it has 6 already, the oldest "c0", 60d old',
    );
  });

  it.each([
    [49, 'caution'],
    [50, 'no'],
  ])('forbid above the 50 of Hyper-V, whatever is configured: %i', (count, verdict) => {
    expect(judged(many(count), NO_LIMITS).verdict).toBe(verdict);
    expect(judged(many(count, 'replica'), NO_LIMITS).verdict === 'no').toBe(verdict === 'no');
  });

  it('are judged by the limits for this VM', () => {
    const yaml = 'overrides: [{ vm: SQL01, rules: { checkpoint-count: { warning: 1, critical: 2 } } }]';
    expect(judged(many(1), yaml).verdict).toBe('caution');
    expect(judged(many(2), yaml).verdict).toBe('no');
  });

  it('are a caution where an exception covers their number', () => {
    const yaml = `
rules: { chain-depth: null }
exceptions: [{ vm: SQL01, rules: [checkpoint-count], until: 2026-12-01, reason: training images }]`;
    expect(judged(many(10), yaml)).toMatchObject({
      verdict: 'caution',
      text: expect.stringContaining('with an exception: training images'),
    });
    expect(judged(many(10), yaml.replace('2026-12-01', '2026-11-01')).verdict).toBe('no');
  });
});

describe('a chain that could not be followed', () => {
  const lost: CheckpointSpec = { name: 'lost' };

  function judgedLost(yaml: string) {
    const about = asked({ checkpoints: [lost] }, { policy: policyOf(yaml) });
    const { seen } = about;
    return checkCheckpoints({
      ...about,
      seen: { ...seen, chain: { ...seen.chain, depth: null, atLeastDepth: 1 } },
    });
  }

  it('is not known to be short enough', () => {
    expect(judgedLost('').verdict).toBe('unknown');
  });

  it('forbids when what is known of it is too long', () => {
    expect(judgedLost('rules: { chain-depth: { warning: null, critical: 1 } }')).toMatchObject({
      verdict: 'no',
      text: expect.stringContaining('at least 1 AVHDX file'),
    });
  });

  it('does not matter where no limit is', () => {
    expect(judgedLost(NO_DEPTH).verdict).toBe('caution');
  });
});
