import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkActivity } from '../../../src/core/preflight/activity.ts';
import { BUSY_STATUS, CHAIN_STATUS, MIGRATING_STATUS } from '../../../src/core/vm-status.ts';
import { error } from './asked.ts';

const during = (...operationalStatus: readonly number[]) => checkActivity({ operationalStatus, errors: [] });

describe('what Hyper-V does with the VM', () => {
  it.each([...BUSY_STATUS, ...MIGRATING_STATUS])('forbids at %i: %s', (code, name) => {
    expect(during(2, code)).toEqual({ id: 'activity', verdict: 'no', text: `it is ${name}` });
  });

  it('names everything that goes on, each once', () => {
    expect(during(11, 32776, 32772, 32778, 32779).text).toBe(
      'it is being backed up and merging disks and moving its storage',
    );
  });

  it.each([[[2]], [[3]], [[11]], [[2, 32782]]])('is fine at %j', (status) => {
    expect(during(...status).verdict).toBe('yes');
  });

  it('is not known when Hyper-V says nothing', () => {
    expect(during()).toMatchObject({ verdict: 'unknown' });
  });

  it.each(['BUSY_SKIPPED', 'VM_MIGRATING'] as const)(
    'forbids when it began during the reading: %s',
    (code) => {
      expect(checkActivity({ operationalStatus: [2], errors: [error(code)] })).toMatchObject({
        verdict: 'no',
      });
    },
  );
});

describe('the numbers', () => {
  const script = readFileSync('src/collector/powershell/suspects.ps1', 'utf8');
  const listed = (name: string) =>
    new RegExp(`^\\$${name} = (.+)$`, 'm').exec(script)?.[1]?.split(', ').map(Number);
  const sorted = (codes: Iterable<number> = []) => [...codes].sort((a, b) => a - b);

  it('are those at which the collector opens no disk', () => {
    expect(sorted(BUSY_STATUS.keys())).toEqual(sorted(listed('BusyStatus')));
    expect(sorted(MIGRATING_STATUS.keys())).toEqual(sorted(listed('MigratingStatus')));
  });

  it('hold what changes a chain among those that are busy', () => {
    expect([...CHAIN_STATUS.keys()].filter((code) => !BUSY_STATUS.has(code))).toEqual([]);
  });
});
