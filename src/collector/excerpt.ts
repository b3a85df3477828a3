const MAX_DETAIL_LENGTH = 500;

/** Foreign text fit for the detail of an error: one line, no control characters, bounded. */
export function excerpt(text: string, maxLength = MAX_DETAIL_LENGTH): string {
  // Escape codes go whole, or their printable halves would stay.
  const plain = text
    .slice(0, maxLength * 4)
    .replace(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return plain.length <= maxLength ? plain : `${plain.slice(0, maxLength - 1)}\u2026`;
}
