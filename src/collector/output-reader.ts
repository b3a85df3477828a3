/** Gathers the output of a process up to the second occurrence of a delimiter, in time linear to its length. */
export interface OutputReader {
  /** Takes the next piece; `full` when the limit is exceeded. */
  push(piece: string): 'more' | 'complete' | 'full';
  /** Everything so far, or what lies between the two delimiters once both were seen. */
  text(): string;
}

/** @param limitBytes one character is one byte: pieces are Latin-1. */
export function createOutputReader(delimiter: string, limitBytes: number): OutputReader {
  const pieces: string[] = [];
  let length = 0;
  let seen = 0;
  // A delimiter may be cut between two pieces, so each search begins a little before its piece.
  let tail = '';

  return {
    push(piece) {
      pieces.push(piece);
      length += piece.length;
      const searched = tail + piece;
      for (
        let at = searched.indexOf(delimiter);
        at >= 0;
        at = searched.indexOf(delimiter, at + delimiter.length)
      )
        seen += 1;
      tail = searched.slice(Math.max(0, searched.length - delimiter.length + 1));
      if (seen >= 2) return 'complete';
      return length > limitBytes ? 'full' : 'more';
    },
    text() {
      const parts = pieces.join('').split(delimiter);
      return parts.length < 2 ? (parts[0] ?? '') : (parts[1] ?? '');
    },
  };
}

/** Keeps the last `limit` characters of what it is given. */
export function createTail(limit: number): { push(piece: string): void; text(): string } {
  let kept = '';
  return {
    push(piece) {
      kept = (kept + piece).slice(-limit);
    },
    text: () => kept,
  };
}
