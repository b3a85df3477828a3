import { describe, expect, it } from 'vitest';
import { HOUR_MS } from '../../../src/core/units.ts';
import { judgedVm } from './judged.ts';

const named = (name: string, more: { kind?: string; notes?: string } = {}) => ({
  name: 'SQL01',
  checkpoints: [{ name, ageMs: HOUR_MS, ...more }],
});

describe('undocumented', () => {
  it.each([
    'SQL01 - (2/24/2026 - 6:00:03 PM)',
    'SQL01 - (24.02.2026 - 18:00:03)',
    'SQL01 - (2026-02-24 - 18:00:03)',
    'old name - (24/02/2026 - 18:00:03)',
  ])('knows the name that Hyper-V gives in any language: %s', (name) => {
    expect(judgedVm('undocumented', named(name))).toEqual([`info ${name}: default name, no notes`]);
  });

  it.each(['before CU12', 'SQL01 - (before CU12)', 'SQL01 - (2026)', 'test (24.02.2026 - 18:00)'])(
    'takes %s for a name that somebody chose',
    (name) => {
      expect(judgedVm('undocumented', named(name))).toEqual([]);
    },
  );

  it('is content with notes', () => {
    const name = 'SQL01 - (2/24/2026 - 6:00:03 PM)';
    expect(judgedVm('undocumented', named(name, { notes: 'before CU12' }))).toEqual([]);
    expect(judgedVm('undocumented', named(name, { notes: '  ' }))).toHaveLength(1);
  });

  it('asks nobody to name what no user took', () => {
    const name = 'SQL01 - (2/24/2026 - 6:00:03 PM)';
    expect(judgedVm('undocumented', named(name, { kind: 'automatic' }))).toEqual([]);
    expect(judgedVm('undocumented', named(name, { kind: 'backup' }))).toEqual([]);
  });

  it('does not take notes that could not be read for none', () => {
    const errors = [{ code: 'PROP_READ_FAILED', detail: null, target: 'Notes' }] as const;
    expect(judgedVm('undocumented', { ...named('SQL01 - (2/24/2026 - 6:00:03 PM)'), errors })).toEqual([]);
  });
});
