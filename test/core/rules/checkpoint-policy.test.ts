import { describe, expect, it } from 'vitest';
import { judgedVm } from './judged.ts';

const policy = (types: readonly string[], automatic = false) => ({
  'checkpoint-policy': { severity: 'warning' as const, types, automatic },
});

describe('checkpoint-policy', () => {
  it('finds automatic checkpoints that are on, by default as an info', () => {
    expect(judgedVm('checkpoint-policy', { name: 'A', automaticCheckpoints: true })).toEqual([
      'info A: automatic checkpoints on',
    ]);
    expect(
      judgedVm('checkpoint-policy', { name: 'A', automaticCheckpoints: true }, policy([], true)),
    ).toEqual([]);
  });

  it('finds a type that is not allowed, when the policy names any', () => {
    const vm = { name: 'A', checkpointType: 5 };
    expect(judgedVm('checkpoint-policy', vm)).toEqual([]);
    expect(judgedVm('checkpoint-policy', vm, policy(['production', 'production-only']))).toEqual([
      'warning A: checkpoint type standard',
    ]);
    expect(judgedVm('checkpoint-policy', vm, policy(['standard']))).toEqual([]);
  });

  it('says nothing of what is not known', () => {
    const vm = { name: 'A', checkpointType: null, automaticCheckpoints: null };
    expect(judgedVm('checkpoint-policy', vm, policy(['production']))).toEqual([]);
  });
});
