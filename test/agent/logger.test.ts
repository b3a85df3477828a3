import fc from 'fast-check';
import { expect, it } from 'vitest';
import { createLogger, errorText, type LogStyle } from '../../src/agent/logger.ts';
import type { LogLevel } from '../../src/config/config.ts';
import { NOW } from '../builders.ts';
import { HOSTILE_NAMES } from '../hostile.ts';

const clock = { now: () => NOW, monotonicMs: () => 0 };

const TEXT: LogStyle = { level: 'info', format: 'text' };
const JSON_LINES: LogStyle = { level: 'info', format: 'json' };

function logged(log: (logger: ReturnType<typeof createLogger>) => void, style = TEXT): string {
  let text = '';
  const write = (line: string): void => {
    text += line;
  };
  log(createLogger(clock, write, () => style));
  return text;
}

it.each(['text', 'json'] as const)('writes lines as they are written: %s', async (format) => {
  const lines = logged(
    (log) => {
      log.info('started', { url: 'http://127.0.0.1:9753', config: 'C:\\ProgramData\\agent.yml' });
      log.info('scanned', { host: 'hv01', ms: 4100, vms: 12, checkpoints: 7, incompleteVms: 0 });
      log.warn('host was not read', { host: 'hv01', code: 'VMMS_STOPPED', target: null });
      log.error('a line\nthat \u202eforges\u202c', { vm: 'SQL01\r\n2026-11-20 info "all well"', ok: true });
      log.debug('judged', { critical: 1 });
      log.info('stopped');
    },
    { level: 'debug', format },
  );
  await expect(lines).toMatchFileSnapshot(`log-lines.${format}.txt`);
});

const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error'];

it.each(LEVELS)('writes %s and what is worse, also when that changes meanwhile', (level) => {
  const written: string[] = [];
  let style: LogStyle = { level: 'error', format: 'text' };
  const write = (line: string): void => void written.push(line.split(' ')[1] ?? '');
  const log = createLogger(clock, write, () => style);
  log.info('left out');
  style = { level, format: 'text' };
  for (const each of LEVELS) log[each]('a line');
  expect(written).toEqual(LEVELS.slice(LEVELS.indexOf(level)));
});

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

it.each(HOSTILE_NAMES.map((name) => [name]))('makes one harmless object of %j, with what it says', (name) => {
  const line = logged((log) => log.info(name, { vm: name, time: name, level: name }), JSON_LINES);
  expect(line).not.toMatch(UNSAFE);
  expect(line.indexOf('\n')).toBe(line.length - 1);
  expect(JSON.parse(line)).toEqual({
    time: '2026-11-20T10:30:00.000Z',
    level: 'info',
    message: name,
    vm: name,
  });
});

it('makes one harmless line of anything', () => {
  const anything = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(anything, anything, (message, value) => {
      const line = logged((log) => log.error(message, { value }));
      expect(line).not.toMatch(UNSAFE);
      expect(line.indexOf('\n')).toBe(line.length - 1);
      const object = logged((log) => log.error(message, { value }), JSON_LINES);
      expect(object).not.toMatch(UNSAFE);
      expect(JSON.parse(object)).toMatchObject({ level: 'error', message, value });
    }),
  );
});

it('cuts what is too long', () => {
  const long = 'x'.repeat(100_000);
  expect(logged((log) => log.info('long', { value: long })).length).toBeLessThan(2100);
  const both = logged((log) => log.info(long, { value: '\u0000'.repeat(100_000) }), JSON_LINES);
  expect(both.length).toBeLessThan(20_000);
  expect(JSON.parse(both)).toMatchObject({ message: expect.stringMatching(/^x{3999}…$/) });
});

it('tells an error without its stack, and anything else that is thrown as well', () => {
  expect(errorText(new Error('no room'))).toBe('no room');
  expect(errorText('plain')).toBe('plain');
  expect(errorText({ code: 5 })).toContain('code');
  expect(errorText(undefined)).toBe('undefined');
  expect(errorText(new Error('x'.repeat(10_000))).length).toBe(500);
});
