import { describe, expect, it } from 'vitest';
import { checkGrowth } from '../../../src/core/preflight/growth.ts';
import { outlookOf } from '../../../src/core/preflight/outlook.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../../src/core/units.ts';
import { type CheckpointSpec, NOW } from '../../builders.ts';
import { asked, type asked as askedVm, volume } from './asked.ts';

/** A VM whose newest checkpoint is two days old, on a volume with so much free. */
function judged(layerBytes: number | null, freeBytes: number | null, ageMs = 2 * DAY_MS) {
  return judgedChain([{ name: 'before patch', ageMs, layerBytes }], freeBytes);
}

function judgedChain(checkpoints: readonly CheckpointSpec[], freeBytes: number | null) {
  const volumes = [volume('C:\\', { freeBytes })];
  return grown(asked({ checkpoints }, { volumes }));
}

const grown = ({ seen }: ReturnType<typeof askedVm>) => checkGrowth(outlookOf(seen, NOW));

describe('the time until a volume is full', () => {
  it.each([
    // 10 GiB in two days are 5 GiB a day.
    [35 * GIB, 'yes'],
    [35 * GIB - 1, 'caution'],
    [10 * GIB, 'caution'],
    [10 * GIB - 1, 'no'],
    [0, 'no'],
  ])('with %i free: %s', (free, verdict) => {
    expect(judged(10 * GIB, free).verdict).toBe(verdict);
  });

  it('is said as an average, of this VM alone, since the newest checkpoint', () => {
    expect(judged(10 * GIB, 100 * GIB)).toEqual({
      id: 'growth',
      verdict: 'yes',
      text: 'C:\\ is full in 20d at the average since "before patch", by this VM alone: 5.0 GiB a day',
    });
  });

  it('counts what was written since the newest checkpoint only', () => {
    const checkpoints = [
      { name: 'old', ageMs: 90 * DAY_MS, layerBytes: 500 * GIB },
      { name: 'new', ageMs: DAY_MS, layerBytes: GIB },
    ];
    expect(judgedChain(checkpoints, 100 * GIB).text).toMatch(
      /^C:\\ is full in 100d at the average since "new"/,
    );
  });

  it('is without end when nothing was written', () => {
    expect(judged(0, 100 * GIB)).toMatchObject({
      verdict: 'yes',
      text: 'it has written nothing to C:\\ since "before patch"',
    });
  });

  it.each([
    ['nothing was measured yet', []],
    ['its newest checkpoint is not an hour old', [{ name: 'new', ageMs: HOUR_MS - 1 }]],
    ['the age of its newest checkpoint is not known', [{ name: 'new', createdAt: null }]],
  ])('is not known: %s', (why, checkpoints) => {
    expect(judgedChain(checkpoints, GIB)).toEqual({
      id: 'growth',
      verdict: 'unknown',
      text: `when its volumes are full is not known: ${why}`,
    });
  });

  it('is known from an hour on', () => {
    expect(judged(GIB, 100 * GIB, HOUR_MS).verdict).toBe('caution');
  });

  it.each([{ disks: null }, { checkpoints: null }])('is not known without %j', (spec) => {
    expect(grown(asked(spec)).verdict).toBe('unknown');
  });

  it('is not known without the free space, or without the size of the layer', () => {
    expect(judged(GIB, null).verdict).toBe('unknown');
    expect(judged(null, 100 * GIB).verdict).toBe('unknown');
  });

  it('is not known after the VM was taken back to a checkpoint', () => {
    const { seen } = asked({ checkpoints: [{ name: 'base', ageMs: 9 * DAY_MS }] });
    const [id = ''] = seen.chain.checkpoints.keys();
    const chain = seen.chain.checkpoints.get(id);
    if (chain === undefined) throw new Error('no chain');
    const checkpoints = new Map([[id, { ...chain, childIds: ['side branch'] }]]);
    const branched = { ...seen, chain: { ...seen.chain, checkpoints } };
    expect(checkGrowth(outlookOf(branched, NOW))).toMatchObject({
      verdict: 'unknown',
      text: expect.stringContaining('taken back'),
    });
  });

  it('is at most what the measured files say, when others are not measured', () => {
    const { seen } = asked({ checkpoints: [{ name: 'new', ageMs: DAY_MS, layerBytes: GIB }] });
    const outlook = outlookOf(seen, NOW);
    if (outlook === null) throw new Error('no outlook');
    const partly = (freeBytes: number) =>
      checkGrowth({
        ...outlook,
        volumes: outlook.volumes.map((each) => ({
          ...each,
          freeBytes,
          written: { bytes: null, atLeastBytes: GIB },
        })),
      });
    expect(partly(GIB)).toMatchObject({ verdict: 'no', text: expect.stringContaining('at most 1d') });
    expect(partly(3 * GIB).verdict).toBe('caution');
    expect(partly(30 * GIB).verdict).toBe('unknown');
  });
});
