import { describe, expect, it } from 'vitest';
import { judged, judgedVm } from './judged.ts';

const error = (code: 'SNAPSHOT_ENUM_FAILED' | 'BUSY_SKIPPED' | 'VM_GONE' | 'ENUMERATION_FAILED') => ({
  code,
  detail: null,
  target: null,
});

describe('scan-incomplete', () => {
  it('finds a VM whose checkpoints could not be listed', () => {
    expect(
      judgedVm('scan-incomplete', {
        name: 'APP11',
        checkpoints: null,
        errors: [error('SNAPSHOT_ENUM_FAILED')],
      }),
    ).toEqual(['warning APP11: not fully read: the checkpoints of the VM could not be listed']);
  });

  it('takes a missing list for what it is, even when no error says so', () => {
    expect(judgedVm('scan-incomplete', { name: 'APP12', checkpoints: null })).toEqual([
      'warning APP12: not fully read: the checkpoints of the VM could not be listed',
    ]);
  });

  it('finds a disk that could not be measured', () => {
    expect(
      judgedVm('scan-incomplete', { name: 'APP11', checkpoints: [{ name: 'c', layerBytes: null }] }),
    ).toEqual(['warning APP11: not fully read: the disk is in use on another host']);
  });

  it('finds a failure of the host as a whole', () => {
    expect(judged('scan-incomplete', [{ errors: [error('ENUMERATION_FAILED')] }])).toHaveLength(1);
  });

  it('lets passing states pass', () => {
    expect(
      judgedVm('scan-incomplete', { name: 'v', errors: [error('BUSY_SKIPPED'), error('VM_GONE')] }),
    ).toEqual([]);
  });

  it('leaves a host that was not read at all to host-unreachable', () => {
    const failed = { code: 'TIMEOUT', detail: null, target: null } as const;
    expect(judged('scan-incomplete', [{ errors: [error('ENUMERATION_FAILED')], failed }])).toEqual([]);
  });
});
