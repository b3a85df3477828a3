import { foldCase } from '../wildcard.ts';

/** So many names are looked at, and none that is longer. */
const MOST_NAMES = 2000;
const LONGEST = 64;

/** The name that a pattern was probably meant to match; `null` when none is near. */
export type Nearest = (pattern: string) => string | null;

/**
 * Looks for the name nearest to a pattern: what a star stands for costs nothing, and neither do case, hyphens,
 * underscores and blanks. Of equally near ones the first. Only the first 2000 names count.
 */
export function compileNearest(names: readonly string[]): Nearest {
  const known = names.slice(0, MOST_NAMES).filter((name) => name.length <= LONGEST);
  const simple = known.map(simplify);
  return (pattern) => {
    const steps = simplify(pattern.slice(0, LONGEST));
    const letters = steps.replace(/[*?]/g, '').length;
    if (letters === 0) return null;
    const hasStar = steps.includes('*');
    // Two letters and a star are near to everything.
    let most = letters < 3 ? 0 : Math.max(1, Math.floor(letters / 4));
    let nearest: string | null = null;
    for (const [index, name] of simple.entries()) {
      if (!hasStar && Math.abs(name.length - steps.length) > most) continue;
      const distance = distanceTo(steps, name, most);
      if (distance > most) continue;
      nearest = known[index] ?? null;
      if (distance === 0) break;
      most = distance - 1;
    }
    return nearest;
  };
}

function simplify(text: string): string {
  return foldCase(text).replace(/[-_\s]/g, '');
}

const STAR = 0x2a;
const ANY = 0x3f;
const FAR = 10_000;

/**
 * Insertions, deletions, replacements and swaps of neighbours between a pattern and a name (optimal string alignment),
 * row by row; far more than `most` as soon as it is sure to be more.
 */
function distanceTo(steps: string, name: string, most: number): number {
  const width = name.length + 1;
  let beforeLast = new Int16Array(width);
  let last = new Int16Array(width);
  let row = new Int16Array(width);
  for (let j = 0; j < width; j++) last[j] = j;
  let leastOfLast = 0;
  for (let i = 0; i < steps.length; i++) {
    const step = steps.charCodeAt(i);
    const isStar = step === STAR;
    let left = FAR;
    let least = FAR;
    for (let j = 0; j < width; j++) {
      const up = last[j] ?? FAR;
      const letter = j === 0 ? -1 : name.charCodeAt(j - 1);
      let value = isStar ? Math.min(up, left) : Math.min(up, left) + 1;
      if (!isStar && j > 0) {
        value = Math.min(value, (last[j - 1] ?? FAR) + (step === ANY || step === letter ? 0 : 1));
        const isSwap =
          i > 0 && j > 1 && step === name.charCodeAt(j - 2) && steps.charCodeAt(i - 1) === letter;
        if (isSwap) value = Math.min(value, (beforeLast[j - 2] ?? FAR) + 1);
      }
      row[j] = value;
      left = value;
      if (value < least) least = value;
    }
    if (least > most && leastOfLast > most) return FAR;
    [beforeLast, last, row] = [last, row, beforeLast];
    leastOfLast = least;
  }
  return last[name.length] ?? FAR;
}
