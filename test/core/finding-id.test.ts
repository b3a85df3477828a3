import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findingKey } from '../../src/core/finding.ts';
import { findingsById, shortIds } from '../../src/core/finding-id.ts';
import { finding } from '../builders.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const named = (...names: readonly string[]) => names.map((vm) => finding({ vm }));

describe(shortIds, () => {
  it('is six capital characters of the hash of the key where that is enough', () => {
    const [one] = named('SQL01');
    if (one === undefined) throw new Error('no finding');
    const key = findingKey(one);
    expect(shortIds([one], sha256)).toEqual(new Map([[key, sha256(key).slice(0, 6).toUpperCase()]]));
  });

  it('is the same whatever the severity, host and order', () => {
    const [a, b] = [finding({ vm: 'A' }), finding({ vm: 'B' })];
    const changed = [b, { ...a, severity: 'critical' as const, host: 'hv09' }];
    expect(shortIds(changed, sha256)).toEqual(shortIds([a, b], sha256));
  });

  it('is as long as it must be to be the only one, and finds that one again', () => {
    // A hash with so few characters that beginnings are often shared.
    const poor = (text: string): string => sha256(text).replace(/[^01]/g, '0').slice(0, 40);
    fc.assert(
      fc.property(fc.uniqueArray(fc.nat(10_000), { maxLength: 60 }), (numbers) => {
        const findings = named(...numbers.map((number) => `VM${number}`));
        if (new Set(findings.map((each) => poor(findingKey(each)))).size < findings.length) return;
        const ids = shortIds(findings, poor);
        expect(new Set(ids.values()).size).toBe(findings.length);
        for (const each of findings) {
          const id = ids.get(findingKey(each)) ?? '';
          expect(id.length).toBeGreaterThanOrEqual(6);
          expect(findingsById(findings, id, poor)).toEqual([each]);
          if (id.length > 6) expect(findingsById(findings, id.slice(0, -1), poor).length).toBeGreaterThan(1);
        }
      }),
    );
  });
});

describe(findingsById, () => {
  it.each(['', '12345', 'SQL01', 'g'.repeat(6), '*'.repeat(6), 'f'.repeat(65)])(
    'finds nothing by "%s", which is no id',
    (text) => {
      expect(findingsById(named('SQL01'), text, () => 'f'.repeat(64))).toEqual([]);
    },
  );

  it('takes an id in any case, and a longer one than needed', () => {
    const findings = named('SQL01', 'SQL02');
    const id = sha256(findingKey(findings[0] ?? { rule: 'checkpoint-age', subject: '' }));
    expect(findingsById(findings, id.slice(0, 12).toUpperCase(), sha256)).toEqual([findings[0]]);
    expect(findingsById(findings, id, sha256)).toEqual([findings[0]]);
  });
});
