import { describe, expect, it } from 'vitest';
import { judgedVm } from './judged.ts';

const many = (count: number, kind: 'user' | 'replica' | 'backup' = 'user') => ({
  name: 'DEV05',
  checkpoints: Array.from({ length: count }, (_, index) => ({ name: `c${index}`, kind })),
});

describe('checkpoint-count', () => {
  it.each([
    [3, []],
    [4, ['warning DEV05: more than 3 checkpoints']],
    [10, ['warning DEV05: more than 3 checkpoints']],
    [11, ['critical DEV05: more than 10 checkpoints']],
  ])('judges %i checkpoints', (count, expected) => {
    expect(judgedVm('checkpoint-count', many(count))).toEqual(expected);
  });

  it('does not count recovery points of Hyper-V Replica', () => {
    expect(judgedVm('checkpoint-count', many(24, 'replica'))).toEqual([]);
  });

  it('counts what backup products left behind', () => {
    expect(judgedVm('checkpoint-count', many(4, 'backup'))).toHaveLength(1);
  });

  it('says nothing about a list that was not read', () => {
    expect(judgedVm('checkpoint-count', { name: 'DEV05', checkpoints: null })).toEqual([]);
  });
});
