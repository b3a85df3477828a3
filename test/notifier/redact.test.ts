import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redact } from '../../src/notifier/redact.ts';

describe('redact', () => {
  const password = fc.string({ minLength: 6, maxLength: 40 });
  const user = fc.string({ minLength: 1, maxLength: 30 });

  it('leaves no form of the password a server could have been sent', () => {
    fc.assert(
      fc.property(user, password, (name, word) => {
        const base64 = (text: string): string => Buffer.from(text).toString('base64');
        const sent = [word, base64(word), base64(`\0${name}\0${word}`)];
        for (const form of sent) {
          const text = redact(`535 bad: AUTH PLAIN ${form} / ${form}`, { user: name, password: word });
          expect(text).not.toContain(form);
        }
      }),
    );
  });

  it('keeps what helps', () => {
    const said =
      '550 5.7.30 Basic authentication is not supported for Client Submission. [AM0PR04CA0023.eurprd04]';
    expect(redact(said, { user: 'agent', password: 'x1y2z3' })).toBe(said);
  });

  it('makes one bounded line', () => {
    const text = redact(`a\r\nb\u001b[31m\u202e${'x '.repeat(1000)}`, { user: null, password: null });
    expect(text).toMatch(/^a b \[31m x x/);
    expect(text.length).toBeLessThanOrEqual(300);
  });
});
