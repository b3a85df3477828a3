import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';

/** The line that the script would print for this JSON. */
export function envelopeOf(json: string): string {
  const bytes = Buffer.from(json, 'latin1');
  const digest = createHash('sha256').update(bytes).digest('hex');
  return `\n<HVCP1 ${bytes.length} ${digest} ${gzipSync(bytes).toString('base64')} HVCP>\n`;
}
