import { describe, expect, it } from 'vitest';
import { collectError } from '../../../src/core/collect-error.ts';
import { checkGuestRole } from '../../../src/core/preflight/guest-role.ts';
import { DAY_MS } from '../../../src/core/units.ts';
import { guid, NOW } from '../../builders.ts';
import { policyOf } from '../../policy.ts';
import { asked, QUIET } from './asked.ts';

const SHARED = [{ slot: 'SCSI:0:1', kind: 'vhd' as const, path: 'C:\\quorum.vhdx', shared: true }];
const OFF = { code: 3, name: 'Off' };
const RULE_OFF = policyOf('rules: { guest-role: null }');

describe('the role of the guest', () => {
  it.each([1, 3])('is fine for a guest of product type %i', (guestProductType) => {
    expect(checkGuestRole(asked({ guestProductType }))).toMatchObject({ id: 'guest-role', verdict: 'yes' });
  });

  it.each([
    [{ guestProductType: 2 }, 'it is a domain controller, which should carry no checkpoint'],
    [{ disks: SHARED }, 'it is a guest cluster node, which should carry no checkpoint'],
    [{ notes: 'Exchange [ckpt:never]' }, 'it is a VM tagged "never", which should carry no checkpoint'],
  ])('forbids for %j', (spec, text) => {
    expect(checkGuestRole(asked(spec))).toEqual({ id: 'guest-role', verdict: 'no', text });
  });

  it('forbids by a tag of the configuration', () => {
    const policy = policyOf('tags: { never: SQL* }');
    expect(checkGuestRole(asked({}, { policy })).verdict).toBe('no');
  });

  it('forbids by what the guest said before it was turned off, and says as of when', () => {
    const memory = {
      guests: new Map([[guid(QUIET.name), { seenAt: NOW - 3 * DAY_MS }]]),
      exceptions: new Map(),
    };
    expect(checkGuestRole(asked({ guestProductType: null, state: OFF }, { memory }))).toMatchObject({
      verdict: 'no',
      text: 'it is a domain controller (as of 3d ago), which should carry no checkpoint',
    });
  });

  it.each([
    [OFF, 'whether it is a domain controller is not known: it is off'],
    [
      { code: 2, name: 'Running' },
      'whether it is a domain controller is not known: its guest says nothing of it',
    ],
  ])('is a caution for a guest that says nothing: %o', (state, text) => {
    expect(checkGuestRole(asked({ guestProductType: null, state }))).toMatchObject({
      verdict: 'caution',
      text,
    });
  });

  it('is not known when the disks were not read', () => {
    expect(checkGuestRole(asked({ disks: null })).verdict).toBe('unknown');
  });

  it('is not known when the notes, which may hold the tag, were not read', () => {
    const errors = [collectError('PROP_READ_FAILED', 'locked', 'Notes')];
    expect(checkGuestRole(asked({ notes: null, errors }))).toEqual({
      id: 'guest-role',
      verdict: 'unknown',
      text: 'whether it is tagged "never" is not known: its notes were not read',
    });
    expect(checkGuestRole(asked({ notes: null })).verdict).toBe('yes');
    expect(checkGuestRole(asked({ notes: '', errors })).verdict).toBe('yes');
  });

  it('is a caution when the notes go on where nobody reads them', () => {
    const long = 'x '.repeat(2048);
    expect(checkGuestRole(asked({ notes: long })).verdict).toBe('yes');
    expect(checkGuestRole(asked({ notes: `${long}[` }))).toMatchObject({
      verdict: 'caution',
      text: 'whether it is tagged "never" is not known for sure: only the beginning of its long notes is read',
    });
    expect(checkGuestRole(asked({ notes: `[ckpt:never] ${long}` })).verdict).toBe('no');
  });

  it('is a caution where the rule is off for the VM, and none without a role', () => {
    expect(checkGuestRole(asked({ guestProductType: 2 }, { policy: RULE_OFF }))).toMatchObject({
      verdict: 'caution',
      text: 'it is a domain controller; guest-role is off for it',
    });
    expect(checkGuestRole(asked({ guestProductType: null }, { policy: RULE_OFF })).verdict).toBe('yes');
    const byHand = policyOf('overrides: [{ vm: SQL01, rules: { guest-role: { critical: null } } }]');
    expect(checkGuestRole(asked({ guestProductType: 2 }, { policy: byHand })).verdict).toBe('caution');
  });

  it('is a caution where an exception covers it', () => {
    const policy = policyOf(
      'exceptions: [{ vm: SQL01, rules: [guest-role], until: 2026-12-01, reason: replaced soon }]',
    );
    expect(checkGuestRole(asked({ guestProductType: 2 }, { policy }))).toMatchObject({
      verdict: 'caution',
      text: 'it is a domain controller, with an exception: replaced soon',
    });
  });
});
