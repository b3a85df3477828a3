import { describe, expect, it } from 'vitest';
import type { Vm } from '../../../src/core/model.ts';
import { checkGone } from '../../../src/core/postflight/gone.ts';
import { checkMerge } from '../../../src/core/postflight/merge.ts';
import { postflight } from '../../../src/core/postflight/postflight.ts';
import { DAY_MS, HOUR_MS } from '../../../src/core/units.ts';
import { BUSY_STATUS, CHAIN_STATUS, MIGRATING_STATUS } from '../../../src/core/vm-status.ts';
import { type CheckpointSpec, guid } from '../../builders.ts';
import { policyOf } from '../../policy.ts';
import { asked, error } from '../preflight/asked.ts';

const PATCH: CheckpointSpec = { name: 'before patch', ageMs: 3 * HOUR_MS };
const OLDER: CheckpointSpec = { name: 'base', ageMs: 3 * DAY_MS };

const gone = (checkpoints: readonly CheckpointSpec[] | null, wanted: string | null) =>
  checkGone(asked({ checkpoints }), wanted);

describe('one checkpoint', () => {
  it.each([
    'before patch',
    'BEFORE PATCH',
    ' before patch ',
    guid('SQL01/before patch/1'),
    guid('SQL01/before patch/1').toUpperCase(),
  ])('is still there by name or id, whatever the case: %s', (wanted) => {
    expect(gone([OLDER, PATCH], wanted)).toEqual({
      id: 'gone',
      verdict: 'no',
      text: '1 checkpoint still there, "before patch", 3h old',
    });
  });

  it('is gone though others are there, and nothing is a wildcard', () => {
    expect(gone([OLDER], 'before patch')).toMatchObject({
      verdict: 'yes',
      text: 'no checkpoint "before patch" is listed',
    });
    expect(gone([PATCH], 'before*')).toMatchObject({
      verdict: 'unknown',
      text: 'no checkpoint "before*" is listed; "before patch" is, should that be meant',
    });
    expect([gone([PATCH], '*').verdict, gone([PATCH], 'after*').verdict]).toEqual(['unknown', 'yes']);
  });

  it('is told with a caution where one is called nearly the same', () => {
    expect(gone([PATCH], 'befor patch')).toMatchObject({
      verdict: 'caution',
      text: 'no checkpoint "befor patch" is listed; "before patch" is, should that be meant',
    });
  });

  it('is there while any of that name is', () => {
    expect(gone([PATCH, { ...PATCH, ageMs: HOUR_MS }], 'before patch').text).toBe(
      '2 checkpoints still there, the oldest "before patch", 3h old',
    );
  });

  it('is asked for whatever its kind', () => {
    expect(gone([{ name: 'nightly', kind: 'backup' }], 'nightly').verdict).toBe('no');
  });

  it('is not known when the checkpoints were not listed', () => {
    expect(gone(null, 'before patch').verdict).toBe('unknown');
    expect(gone(null, null).verdict).toBe('unknown');
  });
});

describe('all checkpoints', () => {
  it.each(['user', 'automatic', 'unknown', 'golden-image'])(
    'are not gone while one is of kind %s',
    (kind) => {
      expect(gone([{ name: 'x', kind }], null).verdict).toBe('no');
    },
  );

  it('are gone when there is none', () => {
    expect(gone([], null)).toMatchObject({ verdict: 'yes', text: 'it has no checkpoint' });
  });

  it('are gone though backups, Hyper-V Replica and moves have theirs, which is said', () => {
    const kinds = ['backup', 'replica', 'replica', 'planned'];
    expect(
      gone(
        kinds.map((kind) => ({ name: kind, kind })),
        null,
      ),
    ).toMatchObject({
      verdict: 'yes',
      text: 'it has no ordinary checkpoint; others are left alone (1 backup, 1 planned, 2 replica)',
    });
  });

  it('are not gone while one is listed whose configuration is lost', () => {
    expect(gone([{ name: 'x', kind: 'missing' }], null)).toMatchObject({ verdict: 'no' });
  });

  it('are those of the policy: a kind of its own is an ordinary one', () => {
    const policy = policyOf('kinds: { image: { checkpoint: "image *" } }');
    expect(checkGone(asked({ checkpoints: [{ name: 'image 7' }] }, { policy }), null).verdict).toBe('no');
  });
});

describe('what Hyper-V does with the VM', () => {
  const during = (operationalStatus: readonly number[], errors: Vm['errors'] = []) =>
    checkMerge({ operationalStatus, errors });

  it.each([...CHAIN_STATUS])('keeps from yes at %i: %s', (code, name) => {
    expect(during([2, code])).toEqual({ id: 'activity', verdict: 'no', text: `it is ${name}` });
  });

  it.each([...BUSY_STATUS, ...MIGRATING_STATUS].filter(([code]) => !CHAIN_STATUS.has(code)))(
    'is no merge at %i: %s',
    (code, name) => {
      expect(during([2, code], [error('BUSY_SKIPPED')])).toMatchObject({
        verdict: 'yes',
        text: `it is not merging, but ${name}`,
      });
    },
  );

  it('may be a merge when it began during the reading', () => {
    expect(during([2], [error('BUSY_SKIPPED')])).toMatchObject({ verdict: 'no' });
  });

  it('is not known when Hyper-V says nothing', () => {
    expect(during([]).verdict).toBe('unknown');
  });

  it('is nothing otherwise', () => {
    expect(during([2])).toMatchObject({ verdict: 'yes', text: 'it is not merging' });
  });
});

describe('postflight', () => {
  it('says yes when the checkpoint is gone and others explain every file', () => {
    expect(postflight(asked({ checkpoints: [OLDER] }), 'before patch')).toMatchObject({
      question: 'postflight',
      verdict: 'yes',
      cautions: 0,
    });
  });

  it('says not yet while a file is left that no checkpoint explains', () => {
    const { seen, now } = asked({ checkpoints: [OLDER, PATCH] });
    const [older] = seen.vm.checkpoints ?? [];
    const left = { ...seen.vm, checkpoints: older === undefined ? [] : [older] };
    const hiddenFiles = seen.chain.unattributedFiles.concat('c:\\disk_1.avhdx');
    const answer = postflight(
      { seen: { ...seen, vm: left, chain: { ...seen.chain, hiddenFiles } }, now },
      null,
    );
    expect(answer.verdict).toBe('no');
    expect(answer.checks.filter(({ verdict }) => verdict === 'no').map(({ id }) => id)).toEqual([
      'gone',
      'layers',
    ]);
  });

  it('does not need the sizes of files', () => {
    const checkpoints = [{ ...OLDER, kind: 'backup' }];
    expect(postflight(asked({ checkpoints }), null).verdict).toBe('yes');
  });

  it.each([
    { checkpoints: null },
    { disks: null },
    { operationalStatus: [] },
    { errors: [error('PROP_READ_FAILED')] },
  ])('does not know with %j', (spec) => {
    expect(postflight(asked(spec), null).verdict).toBe('unknown');
  });

  it('says not yet of what is still there, whatever else is not known', () => {
    expect(
      postflight(asked({ checkpoints: [PATCH], errors: [error('PROP_READ_FAILED')] }), null).verdict,
    ).toBe('no');
  });
});
