import { createHash } from 'node:crypto';

/** The hash that the ids of findings are made with, in hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
