import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScrubber } from '../../../src/cli/support/scrub.ts';

const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('secrets that are known', () => {
  it('are in no text, in whatever form a server repeats them', () => {
    const password = fc.string({ minLength: 6, maxLength: 40, unit: 'grapheme' });
    fc.assert(
      fc.property(password, fc.string(), fc.string(), (value, before, after) => {
        fc.pre(!'<secret>'.includes(value) && !`${before}${after}`.includes(value));
        const forms = [
          value,
          base64(value),
          base64(`\0bob\0${value}`),
          base64(`bob:${value}`),
          encodeURIComponent(value.toWellFormed()),
          JSON.stringify(value).slice(1, -1),
        ];
        const { text, value: cleaned } = createScrubber([{ user: 'bob', value }]);
        for (const form of forms) {
          expect(text(`${before}|${form}|${after}`)).not.toContain(`|${form}|`);
          expect(JSON.stringify(cleaned({ deep: [{ note: `|${form}|` }] }))).not.toContain(`|${form}|`);
        }
      }),
    );
  });

  it('leave everything else as it is', () => {
    const { text, value } = createScrubber([{ user: 'bob', value: 'Tr0ub4dor&3' }]);
    expect(text('nothing of it, and no Tr0ub4dor')).toBe('nothing of it, and no Tr0ub4dor');
    expect(value({ a: 1, b: [null, true], c: 'x' })).toEqual({ a: 1, b: [null, true], c: 'x' });
    expect(text('password_file: C:\\secrets\\smtp  # the password is not shown')).toContain(
      'C:\\secrets\\smtp',
    );
    expect(text('password_env: SMTP_PASSWORD')).toBe('password_env: SMTP_PASSWORD');
  });
});

describe('what looks like a secret', () => {
  const { text } = createScrubber([]);

  it.each([
    ['Authorization: Bearer eyJhbGciOi.abc_def-123', 'eyJhbGciOi'],
    ['{"authorization":"Bearer eyJhbGciOi.abc"}', 'eyJhbGciOi'],
    ['Authorization: Basic Ym9iOmh1bnRlcjI=', 'Ym9iOmh1bnRlcjI'],
    ['C: AUTH PLAIN AGJvYgBodW50ZXIy', 'AGJvYgBodW50ZXIy'],
    ['password: hunter2', 'hunter2'],
    ['{"password": "hunter2"}', 'hunter2'],
    ["PASSWORD='hunter2'", 'hunter2'],
    ['the Kennwort=hunter2!', 'hunter2'],
    ['http://bob:hunter2@proxy:8080/', 'hunter2'],
    ['?api_key=abcdef123&x=1', 'abcdef123'],
    ['-----BEGIN PRIVATE KEY-----\nMIIEvQ\n-----END PRIVATE KEY-----', 'MIIEvQ'],
    ['-----BEGIN RSA PRIVATE KEY-----\nMIIEvQ cut', 'MIIEvQ'],
  ])('is taken out of %s', (line, secret) => {
    expect(text(line)).not.toContain(secret);
    expect(text(line)).toContain('<secret>');
  });

  it('is taken out once, not twice', () => {
    const once = text('password=hunter2 Bearer abcdefgh token: xyz123');
    expect(text(once)).toBe(once);
  });

  it('takes time that grows with the text', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('password:', 'a://', 'Bearer ', '-----BEGIN A PRIVATE KEY-----', ' \t:='),
        (part) => {
          expect(text(part.repeat(20_000)).length).toBeGreaterThan(0);
        },
      ),
      { numRuns: 10 },
    );
  });
});
