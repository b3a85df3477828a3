import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mayUse, othersMay } from '../../../src/core/doctor/access-list.ts';
import { TIGHT } from './facts.ts';

describe('what others may do', () => {
  it.each([
    ['as the installer sets it', TIGHT, false, false],
    [
      'ProgramData as it is inherited',
      'O:SYG:SYD:AI(A;OICIID;FA;;;SY)(A;OICIIOID;GA;;;CO)(A;OICIID;0x1200a9;;;BU)(A;CIID;DCLCRPCR;;;BU)',
      true,
      true,
    ],
    ['users read', 'O:BAD:(A;;0x1200a9;;;BU)', true, false],
    ['everybody writes, as numbers', 'O:BAD:(A;;0x2;;;S-1-1-0)', false, true],
    ['everybody may change the rights', 'O:BAD:(A;;WD;;;WD)', false, true],
    ['generic rights', 'O:BAD:(A;;GR;;;AU)', true, false],
    ['generic rights as a number', 'O:BAD:(A;;0x10000000;;;AU)', true, true],
    ['refused first', 'O:BAD:(D;;FA;;;WD)(A;;FA;;;WD)', false, false],
    ['only inherited', 'O:BAD:(A;OICIIO;FA;;;WD)', false, false],
    ['somebody chosen', 'O:BAD:(A;;FA;;;S-1-5-21-1-2-3-1001)', false, false],
    ['an empty list', 'O:BAD:P', false, false],
    ['no list', 'O:BAG:SY', true, true],
    ['a null list', 'O:BAD:NO_ACCESS_CONTROL', true, true],
    ['an audit list besides', 'O:BAD:(A;;FA;;;BA)S:(AU;SAFA;FA;;;WD)', false, false],
  ])('%s', (_what, sddl, read, write) => {
    expect(othersMay(sddl)).toEqual({ read, write });
  });

  it('is not known of what is no descriptor', () => {
    expect(othersMay('')).toBe(null);
    expect(mayUse('rubbish', new Set())).toBe(null);
  });

  it('never throws', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        othersMay(`O:BA${text}`);
        mayUse(`O:BAD:(${text})`, new Set(['WD']));
      }),
    );
  });

  it('grows with every entry that allows something', () => {
    const who = fc.constantFrom('WD', 'BU', 'BA', 'S-1-5-11');
    const rights = fc.constantFrom('FA', 'FR', 'FW', '0x1', '0x2', 'GXGR');
    const entry = fc.tuple(rights, who).map(([right, sid]) => `(A;;${right};;;${sid})`);
    fc.assert(
      fc.property(fc.array(entry), entry, (entries, more) => {
        const [before, after] = [entries, [...entries, more]].map((all) =>
          othersMay(`O:BAD:${all.join('')}`),
        );
        expect(Number(after?.read)).toBeGreaterThanOrEqual(Number(before?.read));
        expect(Number(after?.write)).toBeGreaterThanOrEqual(Number(before?.write));
      }),
    );
  });
});
