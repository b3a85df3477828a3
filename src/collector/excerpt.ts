import { plainText } from '../core/render/plain-text.ts';

const MAX_DETAIL_LENGTH = 500;

/** Foreign text fit for the detail of an error: one line, no control characters, bounded. */
export function excerpt(text: string, maxLength = MAX_DETAIL_LENGTH): string {
  // Escape codes go whole, or their printable halves would stay.
  return plainText(text.slice(0, maxLength * 4).replace(/\u001b\[[0-9;?]*[A-Za-z]/g, ''), maxLength);
}
