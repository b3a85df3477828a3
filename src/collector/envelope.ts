import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { type CollectError, collectError } from '../core/collect-error.ts';
import { formatBytes } from '../core/units.ts';
import { CONSTRAINED_SENTINEL } from './command-line.ts';
import { excerpt } from './excerpt.ts';

/** The only version of the line this agent reads. */
const ENVELOPE_VERSION = 1;

/** `<HVCP1 LENGTH SHA256 BASE64 HVCP>`: bytes and digest are of the JSON, the base64 is of its gzip. */
const OPENING = /<HVCP(\d{1,9}) /g;
const CLOSING = ' HVCP>';
const FIELDS = /^(\d{1,15}) ([0-9a-f]{64}) ([A-Za-z0-9+/]*={0,2})$/;

export type Unpacked =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly error: CollectError };

const unzip = promisify(gunzip);

/**
 * Finds the report in what PowerShell printed, among whatever else was printed, and proves that it is whole.
 * @param maxBytes the largest report accepted, unpacked.
 */
export async function unpackEnvelope(stdout: string, maxBytes: number): Promise<Unpacked> {
  const opening = [...stdout.matchAll(OPENING)].at(-1);
  if (opening === undefined) return failed(withoutEnvelope(stdout));
  if (Number(opening[1]) !== ENVELOPE_VERSION) {
    const detail = `the answer has envelope version ${opening[1]}, expected ${ENVELOPE_VERSION}`;
    return failed(collectError('VERSION_UNKNOWN', detail));
  }
  const start = opening.index + opening[0].length;
  const end = stdout.indexOf(CLOSING, start);
  if (end < 0) {
    return failed(collectError('OUTPUT_TRUNCATED', `it ends after ${stdout.length - start} characters`));
  }
  const fields = FIELDS.exec(stdout.slice(start, end));
  if (fields === null)
    return failed(collectError('OUTPUT_CORRUPT', 'its fields are not what they should be'));
  const [, length = '', digest = '', body = ''] = fields;
  return unpackBody({ declaredBytes: Number(length), digest, body, maxBytes });
}

interface Body {
  readonly declaredBytes: number;
  readonly digest: string;
  readonly body: string;
  readonly maxBytes: number;
}

async function unpackBody({ declaredBytes, digest, body, maxBytes }: Body): Promise<Unpacked> {
  if (declaredBytes > maxBytes) {
    const detail = `it has ${formatBytes(declaredBytes)}, allowed are ${formatBytes(maxBytes)}`;
    return failed(collectError('OUTPUT_TOO_LARGE', detail));
  }
  let json: Buffer;
  try {
    // A small packet may claim little and unpack to anything: it is stopped at what it declared.
    json = await unzip(Buffer.from(body, 'base64'), { maxOutputLength: Math.max(1, declaredBytes) });
  } catch (error) {
    return failed(
      collectError('OUTPUT_CORRUPT', excerpt(error instanceof Error ? error.message : String(error))),
    );
  }
  if (json.length !== declaredBytes) {
    return failed(collectError('OUTPUT_CORRUPT', `it has ${json.length} bytes, expected ${declaredBytes}`));
  }
  if (createHash('sha256').update(json).digest('hex') !== digest) {
    return failed(collectError('OUTPUT_CORRUPT', 'its digest does not match'));
  }
  return { ok: true, text: json.toString('latin1') };
}

function withoutEnvelope(stdout: string): CollectError {
  if (stdout.includes(CONSTRAINED_SENTINEL)) return collectError('CONSTRAINED_LANGUAGE');
  const said = excerpt(stdout);
  return collectError('EMPTY_ANSWER', said === '' ? null : `it printed: ${said}`);
}

function failed(error: CollectError): Unpacked {
  return { ok: false, error };
}
