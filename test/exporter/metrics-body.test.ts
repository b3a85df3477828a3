import { spawnSync } from 'node:child_process';
import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineCrc32, crc32Operator } from '../../src/exporter/crc32-combine.ts';
import { cacheBody, gzipMember } from '../../src/exporter/metrics-body.ts';

const bytes = fc.uint8Array({ maxLength: 5000 });

describe(combineCrc32, () => {
  it('gives the CRC of both texts together', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        const combined = combineCrc32(zlib.crc32(a), zlib.crc32(b), crc32Operator(b.length));
        expect(combined).toBe(zlib.crc32(Buffer.concat([a, b])));
      }),
    );
  });

  it('knows the length of bodies beyond 4 GiB', () => {
    // x^(8n) for n = 2^32 is the square of the one for 2^31.
    const zeros = Buffer.alloc(1);
    const half = crc32Operator(2 ** 31);
    const halfTwice = combineCrc32(combineCrc32(zlib.crc32(zeros), 0, half), 0, half);
    expect(combineCrc32(zlib.crc32(zeros), 0, crc32Operator(2 ** 32))).toBe(halfTwice);
  });
});

describe(gzipMember, () => {
  it('makes one member that unpacks to both texts', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'grapheme' }),
        fc.array(fc.string({ unit: 'grapheme' })),
        async (a, pieces) => {
          const member = Buffer.concat([...gzipMember(Buffer.from(a), await cacheBody(pieces))]);
          expect(zlib.gunzipSync(member).toString()).toBe(a + pieces.join(''));
          const strict = zlib.gunzipSync(member, { finishFlush: zlib.constants.Z_FINISH });
          expect(strict.length).toBe(member.readUInt32LE(member.length - 4));
        },
      ),
    );
  });

  it('leaves nothing behind the first member, for clients that stop there', async () => {
    const member = Buffer.concat([...gzipMember(Buffer.from('fresh\n'), await cacheBody(['cached\n']))]);
    const end = await unpackedLength(member);
    expect(end).toBe(member.length);
  });

  it.skipIf(spawnSync('python3', ['-c', '']).status !== 0)('is read by another implementation', async () => {
    const body = await cacheBody(Array.from({ length: 9000 }, (_, n) => `line ${n} of many\n`));
    const member = Buffer.concat([...gzipMember(Buffer.from('fresh\n'), body)]);
    const script = 'import gzip,sys; sys.stdout.buffer.write(gzip.decompress(sys.stdin.buffer.read()))';
    const python = spawnSync('python3', ['-c', script], { input: member });
    expect(python.stderr.toString()).toBe('');
    expect(python.stdout.toString()).toBe(`fresh\n${body.plain.toString()}`);
  });
});

/** Bytes that one gzip member takes, by an inflater that stops at its end. */
function unpackedLength(member: Buffer): Promise<number> {
  return new Promise((resolve, reject) => {
    const gunzip = zlib.createInflateRaw();
    gunzip.on('error', reject);
    gunzip.on('end', () => resolve(10 + gunzip.bytesWritten + 8));
    gunzip.resume();
    gunzip.end(member.subarray(10, -8));
  });
}
