import { describe, expect, it } from 'vitest';
import { checkState } from '../../../src/core/preflight/state.ts';

const inState = (code: number, name: string, operationalStatus = [2]) =>
  checkState({ state: { code, name }, operationalStatus });

describe('the state of the VM', () => {
  it.each([
    [2, 'Running'],
    [3, 'Off'],
    [6, 'Saved'],
    [9, 'Paused'],
    [32779, 'FastSaved'],
  ])('is fine at %i (%s)', (code, name) => {
    expect(inState(code, name)).toEqual({ id: 'state', verdict: 'yes', text: `it is in state ${name}` });
  });

  it.each([
    [4, 'Stopping'],
    [10, 'Starting'],
    [11, 'Reset'],
    [32773, 'Saving'],
    [32776, 'Pausing'],
    [32777, 'Resuming'],
    [32780, 'FastSaving'],
    [32781, 'ForceShutdown'],
    [32782, 'ForceReboot'],
  ])('forbids at %i (%s), on its way', (code, name) => {
    expect(inState(code, name)).toMatchObject({
      verdict: 'no',
      text: `it is in state ${name}, on its way to another`,
    });
  });

  it.each([32785, 32789, 32796])('forbids at %i, which is critical', (code) => {
    expect(inState(code, 'Critical')).toMatchObject({ verdict: 'no' });
  });

  it.each([-1, 0, 1, 32783, 32784, 32797, 40_000])('is not known at %i', (code) => {
    expect(inState(code, 'X').verdict).toBe('unknown');
  });

  it('forbids while the storage answers with errors, whatever the state', () => {
    expect(inState(2, 'Running', [3, 32795]).verdict).toBe('no');
    expect(inState(40_000, 'X', [3, 32795]).verdict).toBe('no');
  });
});
