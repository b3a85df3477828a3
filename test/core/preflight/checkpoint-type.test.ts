import { describe, expect, it } from 'vitest';
import { checkType } from '../../../src/core/preflight/checkpoint-type.ts';

const RUNNING = { code: 2, name: 'Running' };
const PAUSED = { code: 9, name: 'Paused' };
const OFF = { code: 3, name: 'Off' };
const SAVED = { code: 6, name: 'Saved' };

describe('the type of checkpoints', () => {
  it.each([
    [3, RUNNING, 'production: disks alone; with memory too where Hyper-V falls back to standard'],
    [4, RUNNING, 'production-only: disks alone, or it fails'],
    [5, RUNNING, 'standard: disks and memory'],
    [5, PAUSED, 'standard: disks and memory'],
    [5, OFF, 'standard: disks alone, for it is off'],
    [3, OFF, 'production: disks alone, for it is off'],
    [3, SAVED, 'production: disks, and the memory that was saved'],
    [5, SAVED, 'standard: disks, and the memory that was saved'],
  ])('says at %i whether memory would be carried: %o', (checkpointType, state, text) => {
    expect(checkType({ checkpointType, state })).toEqual({ id: 'type', verdict: 'yes', text });
  });

  it('forbids when checkpoints are disabled', () => {
    expect(checkType({ checkpointType: 2, state: RUNNING }).verdict).toBe('no');
  });

  it.each([null, 7])('is a caution when it is not known: %s', (checkpointType) => {
    expect(checkType({ checkpointType, state: RUNNING })).toMatchObject({
      verdict: 'caution',
      text: expect.stringContaining('is not known'),
    });
  });
});
