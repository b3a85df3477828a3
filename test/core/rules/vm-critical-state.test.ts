import { describe, expect, it } from 'vitest';
import { judgedVm } from './judged.ts';

const inState = (code: number, name: string) => ({ name: 'EXCH01', state: { code, name } });

describe('vm-critical-state', () => {
  it.each([
    [2, 'Running'],
    [3, 'Off'],
    [9, 'Paused'],
    [32784, 'ComponentServicing'],
    [32797, 'Unheard'],
  ])('is content with state %i', (code, name) => {
    expect(judgedVm('vm-critical-state', inState(code, name))).toEqual([]);
  });

  it.each([
    [32785, 'RunningCritical'],
    [32786, 'OffCritical'],
    [32789, 'PausedCritical'],
    [32796, 'FastSavingCritical'],
  ])('finds state %i', (code, name) => {
    expect(judgedVm('vm-critical-state', inState(code, name))).toEqual([`critical EXCH01: state ${name}`]);
  });
});
