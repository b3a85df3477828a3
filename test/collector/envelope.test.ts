import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CONSTRAINED_SENTINEL } from '../../src/collector/command-line.ts';
import { unpackEnvelope } from '../../src/collector/envelope.ts';

const MAX_BYTES = 100_000;

interface Parts {
  readonly version?: number;
  readonly length?: number;
  readonly digest?: string;
  readonly body?: string;
}

function envelope(json: string, over: Parts = {}): string {
  const bytes = Buffer.from(json, 'latin1');
  const { version = 1, length = bytes.length } = over;
  const { digest = createHash('sha256').update(bytes).digest('hex') } = over;
  const { body = gzipSync(bytes).toString('base64') } = over;
  return `\n<HVCP${version} ${length} ${digest} ${body} HVCP>\n`;
}

async function codeOf(stdout: string, maxBytes = MAX_BYTES): Promise<string> {
  const unpacked = await unpackEnvelope(stdout, maxBytes);
  return unpacked.ok ? 'ok' : unpacked.error.code;
}

describe('unpacking an answer', () => {
  it('finds the report in any noise', async () => {
    const noise = fc.string({ unit: 'binary' }).filter((text) => !/HVCP/.test(text));
    await fc.assert(
      fc.asyncProperty(fc.json(), noise, noise, async (json, before, after) => {
        const ascii = json.replace(/[^\x20-\x7e]/g, '?');
        expect(await unpackEnvelope(before + envelope(ascii) + after, MAX_BYTES)).toEqual({
          ok: true,
          text: ascii,
        });
      }),
      { numRuns: 100 },
    );
  });

  it('calls every cut inside the line truncated, or finds no line at all', async () => {
    const whole = envelope('{"a":1}').trim();
    for (let length = 0; length < whole.length; length++) {
      expect(await codeOf(whole.slice(0, length))).toBe(length < 7 ? 'EMPTY_ANSWER' : 'OUTPUT_TRUNCATED');
    }
  });

  it('never gives another text when a character was changed', async () => {
    const json = '{"a":1,"b":"some text"}';
    const whole = envelope(json).trim();
    let accepted = 0;
    for (let at = 0; at < whole.length; at++) {
      const changed = `${whole.slice(0, at)}${whole[at] === 'Q' ? 'R' : 'Q'}${whole.slice(at + 1)}`;
      const unpacked = await unpackEnvelope(changed, MAX_BYTES);
      if (!unpacked.ok) continue;
      expect(unpacked.text).toBe(json);
      accepted += 1;
    }
    // Time and system in the header of gzip, and the last bits of base64, mean nothing.
    expect(accepted).toBeLessThan(15);
  });

  it.each([
    ['an empty answer', '', 'EMPTY_ANSWER'],
    ['blank lines', '\r\n \r\n', 'EMPTY_ANSWER'],
    ['something else', 'Access is denied.', 'EMPTY_ANSWER'],
    ['constrained language mode', `${CONSTRAINED_SENTINEL}\r\n`, 'CONSTRAINED_LANGUAGE'],
    ['a newer version', envelope('{}', { version: 2 }), 'VERSION_UNKNOWN'],
    ['an older version', envelope('{}', { version: 0 }), 'VERSION_UNKNOWN'],
    ['base64 that is none', envelope('{}', { body: '!!!!' }), 'OUTPUT_CORRUPT'],
    ['gzip that is none', envelope('{}', { body: 'AAAA' }), 'OUTPUT_CORRUPT'],
    [
      'cut gzip',
      envelope('{}', { body: gzipSync('{}').subarray(0, 15).toString('base64') }),
      'OUTPUT_CORRUPT',
    ],
    ['a wrong length', envelope('{"a":1}', { length: 6 }), 'OUTPUT_CORRUPT'],
    ['a wrong digest', envelope('{}', { digest: 'a'.repeat(64) }), 'OUTPUT_CORRUPT'],
    ['more than is allowed', envelope(' '.repeat(MAX_BYTES + 1)), 'OUTPUT_TOO_LARGE'],
    [
      'a bomb that claims to be small',
      envelope('{}', { body: gzipSync(Buffer.alloc(50_000_000)).toString('base64') }),
      'OUTPUT_CORRUPT',
    ],
  ])('tells %s', async (_what, stdout, code) => {
    expect(await codeOf(stdout)).toBe(code);
  });

  it('says what was printed instead, on one line and bounded', async () => {
    const unpacked = await unpackEnvelope(`\u001b[31mGet-VM : no\r\n${'x'.repeat(10_000)}`, MAX_BYTES);
    const detail = unpacked.ok ? '' : (unpacked.error.detail ?? '');
    expect(detail).toMatch(/^it printed: Get-VM : no x+…$/);
    expect(detail.length).toBeLessThan(600);
  });

  it('takes the last of two lines, for only the script prints after the script has begun', async () => {
    expect(await unpackEnvelope(envelope('1') + envelope('2'), MAX_BYTES)).toEqual({ ok: true, text: '2' });
  });
});
