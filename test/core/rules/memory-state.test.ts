import { describe, expect, it } from 'vitest';
import { judgedVm } from './judged.ts';

const on = { 'memory-state': { severity: 'warning' } } as const;
const vm = (hasMemory: boolean | null, kind = 'user') => ({
  name: 'A',
  checkpointType: 5,
  checkpoints: [{ name: 'c', hasMemory, kind }],
});

describe('memory-state', () => {
  it('is off until it is turned on', () => {
    expect(judgedVm('memory-state', vm(true))).toEqual([]);
    expect(judgedVm('memory-state', vm(true), on)).toEqual(['warning c: with memory']);
  });

  it.each([false, null])('says nothing when the memory is %s', (hasMemory) => {
    expect(judgedVm('memory-state', vm(hasMemory), on)).toEqual([]);
  });

  it('is about checkpoints that people take, and those taken for them', () => {
    const kinds = ['user', 'automatic', 'golden', 'backup', 'replica', 'planned'];
    expect(kinds.filter((kind) => judgedVm('memory-state', vm(true, kind), on).length > 0)).toEqual([
      'user',
      'automatic',
      'golden',
    ]);
  });
});
