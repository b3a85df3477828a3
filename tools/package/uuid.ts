import { createHash } from 'node:crypto';

/** A UUID of version 8, made from a text: the same text gives the same one. In capitals, as Windows Installer wants it. */
export function uuid(text: string): string {
  const hex = createHash('sha256').update(`hyperv-checkpoint-agent ${text}`).digest('hex').toUpperCase();
  const parts = [
    hex.slice(0, 8),
    hex.slice(8, 12),
    `8${hex.slice(13, 16)}`,
    `A${hex.slice(17, 20)}`,
    hex.slice(20, 32),
  ];
  return parts.join('-');
}
