import { expect, it } from 'vitest';
import { CHECKPOINT_KINDS } from '../../../src/core/model.ts';
import { inventory, NOW } from '../../builders.ts';
import { findingsIn } from '../../policy.ts';
import { judgedVm } from './judged.ts';

const vm = { name: 'SQL01', checkpoints: CHECKPOINT_KINDS.map((kind) => ({ name: kind, kind, ageMs: 0 })) };

it('finds a checkpoint whose configuration is lost, and none of another kind', () => {
  expect(judgedVm('missing-checkpoint', vm)).toEqual(['critical missing: configuration lost']);
});

it('says never to delete its files by hand, and to ask before removing it', () => {
  const found = findingsIn(inventory({ readAt: NOW, vms: [vm] }), NOW);
  expect(found.find(({ rule }) => rule === 'missing-checkpoint')).toMatchObject({
    message: 'Hyper-V cannot find the configuration of checkpoint "missing" of SQL01.',
    advice: expect.stringMatching(
      /ask Microsoft support before removing it\. Never delete \.avhdx files by hand\.$/,
    ),
  });
});
