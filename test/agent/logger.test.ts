import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLogger, errorText } from '../../src/agent/logger.ts';
import { NOW } from '../builders.ts';
import { HOSTILE_NAMES } from '../hostile.ts';

const clock = { now: () => NOW, monotonicMs: () => 0 };

function logged(log: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  log(
    createLogger(clock, (line) => {
      text += line;
    }),
  );
  return text;
}

it('writes time, level, message and fields on one line', () => {
  expect(logged((log) => log.info('scanned', { host: 'hv01', ms: 4100, error: null, ok: true }))).toBe(
    '2026-11-20T10:30:00.000Z info scanned host="hv01" ms=4100 error=null ok=true\n',
  );
  expect(logged((log) => log.warn('careful'))).toBe('2026-11-20T10:30:00.000Z warn careful\n');
  expect(logged((log) => log.error('broken'))).toBe('2026-11-20T10:30:00.000Z error broken\n');
});

/** Everything but what a terminal draws in its place. */
const UNSAFE = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

it.each(HOSTILE_NAMES.map((name) => [name]))('makes one harmless line of %j', (name) => {
  const line = logged((log) => log.info(`about ${name}`, { vm: name }));
  expect(line).not.toMatch(UNSAFE);
  expect(line.indexOf('\n')).toBe(line.length - 1);
});

it('makes one harmless line of anything', () => {
  const anything = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(anything, anything, (message, value) => {
      const line = logged((log) => log.error(message, { value }));
      expect(line).not.toMatch(UNSAFE);
      expect(line.indexOf('\n')).toBe(line.length - 1);
    }),
  );
});

it('cuts what is too long', () => {
  expect(logged((log) => log.info('long', { value: 'x'.repeat(100_000) })).length).toBeLessThan(2100);
});

it('tells an error without its stack, and anything else that is thrown as well', () => {
  expect(errorText(new Error('no room'))).toBe('no room');
  expect(errorText('plain')).toBe('plain');
  expect(errorText({ code: 5 })).toContain('code');
  expect(errorText(undefined)).toBe('undefined');
  expect(errorText(new Error('x'.repeat(10_000))).length).toBe(500);
});
