import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Volume } from '../../../src/core/model.ts';
import type { Answer } from '../../../src/core/preflight/answer.ts';
import { preflight } from '../../../src/core/preflight/preflight.ts';
import { DAY_MS, GIB, HOUR_MS } from '../../../src/core/units.ts';
import type { CheckpointSpec, VmSpec } from '../../builders.ts';
import { asked, error, ROOMY, volume } from './asked.ts';

interface World {
  readonly vm: Partial<VmSpec>;
  readonly volumes: readonly Volume[];
  readonly hostErrors: readonly ReturnType<typeof error>[];
}

const CALM: World = { vm: {}, volumes: [ROOMY], hostErrors: [] };

function answerIn({ vm, volumes, hostErrors }: World, acceptUnknown = false): Answer {
  return preflight(asked(vm, { volumes, hostErrors }), acceptUnknown);
}

const checkpoints = (count: number, more: Partial<CheckpointSpec> = {}): readonly CheckpointSpec[] =>
  Array.from({ length: count }, (_, index) => ({ name: `c${index}`, ageMs: (60 - index) * DAY_MS, ...more }));

const of =
  (vm: Partial<VmSpec>) =>
  (world: World): World => ({ ...world, vm: { ...world.vm, ...vm } });

/** What may befall a VM, each with what it makes of a calm one. */
const TROUBLES: readonly (readonly [
  name: string,
  befall: (world: World) => World,
  verdict: Answer['verdict'],
])[] = [
  ['critical state', of({ state: { code: 32789, name: 'PausedCritical' } }), 'no'],
  ['on its way', of({ state: { code: 10, name: 'Starting' } }), 'no'],
  ['a state nobody knows', of({ state: { code: 1, name: 'Other' } }), 'unknown'],
  ['merging', of({ operationalStatus: [2, 32772] }), 'no'],
  ['status not said', of({ operationalStatus: [] }), 'unknown'],
  ['checkpoints disabled', of({ checkpointType: 2 }), 'no'],
  ['domain controller', of({ guestProductType: 2 }), 'no'],
  ['tagged', of({ notes: '[ckpt:never]' }), 'no'],
  ['a replica', of({ replicationMode: 'replica' }), 'no'],
  ['replication not known', of({ replicationMode: null }), 'unknown'],
  ['many checkpoints', of({ checkpoints: checkpoints(11) }), 'no'],
  ['checkpoints not listed', of({ checkpoints: null }), 'unknown'],
  ['disks not read', of({ disks: null }), 'unknown'],
  ['disks not measured', of({ checkpoints: checkpoints(1, { layerBytes: null }) }), 'unknown'],
  ['writes fast', of({ checkpoints: [{ name: 'new', ageMs: HOUR_MS, layerBytes: 100 * GIB }] }), 'no'],
  ['a property not read', of({ errors: [error('PROP_READ_FAILED')] }), 'unknown'],
  ['busy just now', of({ errors: [error('BUSY_SKIPPED')] }), 'no'],
  ['no room', (world) => ({ ...world, volumes: [volume('C:\\', { freeBytes: GIB })] }), 'no'],
  ['room not known', (world) => ({ ...world, volumes: [volume('C:\\', { freeBytes: null })] }), 'unknown'],
  ['volumes not listed', (world) => ({ ...world, volumes: [] }), 'unknown'],
  ['host in part', (world) => ({ ...world, hostErrors: [error('RECORD_INVALID')] }), 'unknown'],
];

describe('preflight', () => {
  it('says yes of a VM about which nothing is to be said', () => {
    expect(answerIn(CALM)).toMatchObject({ verdict: 'yes', cautions: 0, reason: null });
  });

  it.each(TROUBLES)('with %s alone', (_, befall, verdict) => {
    expect(answerIn(befall(CALM)).verdict).toBe(verdict);
  });

  it.each(TROUBLES)('with %s alone, when what is not known is accepted', (name, befall, verdict) => {
    const isBlind = name === 'checkpoints not listed' || name === 'disks not read';
    expect(answerIn(befall(CALM), true).verdict).toBe(verdict === 'unknown' && !isBlind ? 'yes' : verdict);
  });

  it('never says yes because of more trouble', () => {
    const some = fc.array(fc.constantFrom(...TROUBLES), { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(some, (troubles) => {
        const world = troubles.reduce((sum, [, befall]) => befall(sum), CALM);
        expect(answerIn(world).verdict).not.toBe('yes');
      }),
    );
  });

  it('names each check once', () => {
    const ids = answerIn(CALM).checks.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});
