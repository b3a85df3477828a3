import { describe, expect, it } from 'vitest';
import type { ExceptionRef } from '../../../src/core/finding.ts';
import { exceptedText, untilText, whyText } from '../../../src/core/render/why-text.ts';
import { finding } from '../../builders.ts';

const UNTIL: ExceptionRef = {
  reason: 'training image',
  untilAt: Date.UTC(2026, 11, 31, 23),
  owner: 'j.doe',
  line: 12,
};
const about = { vm: 'LAB09', checkpoint: 'golden' };
const old = finding(about, { reason: 'older than 7d' });
const large = finding(about, { rule: 'avhdx-size', reason: 'more than 200 GiB' });

describe(untilText, () => {
  it.each<[string, number, number | null]>([
    ['2026-12-31', Date.UTC(2026, 11, 31, 23), 60],
    ['2027-01-01 00:00 +01:00', Date.UTC(2026, 11, 31, 23) + 1, 60],
    ['2026-12-31 17:00 +01:00', Date.UTC(2026, 11, 31, 16), 60],
    ['2026-12-31', Date.UTC(2027, 0, 1, 5), -300],
    ['2026-02-28', Date.UTC(2026, 2, 1), 0],
    ['2026-12-31', Date.UTC(2027, 0, 1), null],
    ['2026-12-31 23:00 UTC', Date.UTC(2026, 11, 31, 23), null],
    ['at an unknown time', Number.NaN, 60],
  ])('is %s', (text, untilAt, offset) => {
    expect(untilText(untilAt, offset)).toBe(text);
  });
});

describe(whyText, () => {
  it('says each reason once, and nothing of exceptions where there are none', () => {
    expect(whyText([old, old, large], 60)).toBe('older than 7d; more than 200 GiB');
    expect(whyText([], 60)).toBe('');
  });

  it('says until when one exception covers all, why, and whose it is', () => {
    const covered = [old, large].map((each) => ({ ...each, exception: UNTIL }));
    expect(whyText(covered, 60)).toBe('excepted until 2026-12-31: training image (j.doe)');
  });

  it('says what is covered where that is not all', () => {
    expect(whyText([large, { ...old, exception: UNTIL }], 60)).toBe(
      'more than 200 GiB; older than 7d excepted until 2026-12-31: training image (j.doe)',
    );
    const other = { ...UNTIL, reason: 'new disk is ordered', owner: null };
    const both = [
      { ...old, exception: UNTIL },
      { ...large, exception: other },
    ];
    expect(whyText(both, 60)).toBe(
      'older than 7d excepted until 2026-12-31: training image (j.doe); more than 200 GiB excepted until 2026-12-31: new disk is ordered',
    );
    expect(exceptedText(both, 60)).toBe(whyText(both, 60));
  });

  it('names the owner of the checkpoint where the exception names none', () => {
    const covered = { ...old, owner: 'a.roe', exception: { ...UNTIL, owner: null } };
    expect(whyText([covered], 60)).toBe('excepted until 2026-12-31: training image (a.roe)');
  });

  it('keeps what is hostile short and on one line', () => {
    const exception = { ...UNTIL, reason: `a\nb\u202e${'x'.repeat(500)}`, owner: `c\r\n${'y'.repeat(500)}` };
    const text = whyText([{ ...old, exception }], 60);
    expect(text).toMatch(/^excepted until 2026-12-31: a b x+… \(c y+…\)$/);
    expect(text.length).toBeLessThan(210);
  });
});
