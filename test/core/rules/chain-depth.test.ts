import { describe, expect, it } from 'vitest';
import { judgedVm } from './judged.ts';

const deep = (count: number, kind: 'user' | 'replica' = 'user') => ({
  name: 'DEV05',
  checkpoints: Array.from({ length: count }, (_, index) => ({ name: `c${index}`, kind })),
});

describe('chain-depth', () => {
  it.each([
    [3, []],
    [4, ['warning DEV05: chain deeper than 3']],
    [6, ['warning DEV05: chain deeper than 3']],
    [7, ['critical DEV05: chain deeper than 6']],
  ])('judges a chain of %i files', (count, expected) => {
    expect(judgedVm('chain-depth', deep(count))).toEqual(expected);
  });

  it('does not judge a chain of nothing but recovery points', () => {
    expect(judgedVm('chain-depth', deep(24, 'replica'))).toEqual([]);
  });

  it('judges the whole chain as soon as one checkpoint on it is no recovery point', () => {
    const { name, checkpoints } = deep(24, 'replica');
    expect(judgedVm('chain-depth', { name, checkpoints: [...checkpoints, { name: 'mine' }] })).toHaveLength(
      1,
    );
  });
});
