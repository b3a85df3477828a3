import { describe, expect, it } from 'vitest';
import { judgedVm } from './judged.ts';

const vm = (checkpointType: number | null, hasMemory: boolean | null) => ({
  name: 'A',
  checkpointType,
  checkpoints: [{ name: 'c', hasMemory }],
});

describe('production-fallback', () => {
  it.each([3, 4])('finds memory where the VM is set to type %i', (type) => {
    expect(judgedVm('production-fallback', vm(type, true))).toEqual([
      'info c: with memory, though production is set',
    ]);
  });

  it.each([
    [5, true],
    [null, true],
    [3, false],
    [3, null],
  ])('says nothing for type %s with memory %s', (type, hasMemory) => {
    expect(judgedVm('production-fallback', vm(type, hasMemory))).toEqual([]);
  });
});
