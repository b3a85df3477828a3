import { foldCase } from '../wildcard.ts';

/** So many names are looked at, and none that is longer. */
const MOST_NAMES = 2000;
const LONGEST = 64;

/**
 * The name that a pattern was probably meant to match: what a star stands for costs nothing, and neither do case,
 * hyphens, underscores and blanks. `null` for none. Of equally near ones the first. Only the first 2000 names count.
 */
export function nearestName(pattern: string, names: readonly string[]): string | null {
  const steps = [...simplify(pattern.slice(0, LONGEST))];
  const letters = steps.filter((step) => step !== '*' && step !== '?').length;
  // Two letters and a star are near to everything.
  let most = letters < 3 ? 0 : Math.max(1, Math.floor(letters / 4));
  if (letters === 0) return null;
  let nearest: string | null = null;
  for (const name of names.slice(0, MOST_NAMES)) {
    if (name.length > LONGEST) continue;
    const distance = distanceTo(steps, simplify(name), most);
    if (distance > most) continue;
    nearest = name;
    if (distance === 0) break;
    most = distance - 1;
  }
  return nearest;
}

function simplify(text: string): string {
  return foldCase(text).replace(/[-_\s]/g, '');
}

/**
 * Insertions, deletions, replacements and swaps of neighbours between a pattern and a name, row by row; given up as
 * infinite once it is sure to be more than `most`.
 */
function distanceTo(steps: readonly string[], name: string, most: number): number {
  let beforeLast: readonly number[] = [];
  let last: readonly number[] = Array.from({ length: name.length + 1 }, (_, index) => index);
  let leastOfLast = 0;
  for (const [i, step] of steps.entries()) {
    const row: number[] = [];
    let leastOfRow = Number.POSITIVE_INFINITY;
    for (let j = 0; j <= name.length; j++) {
      const value =
        step === '*'
          ? Math.min(at(last, j), at(row, j - 1))
          : Math.min(
              at(last, j) + 1,
              at(row, j - 1) + 1,
              at(last, j - 1) + (step === '?' || step === name[j - 1] ? 0 : 1),
              i > 0 && j > 1 && step === name[j - 2] && steps[i - 1] === name[j - 1]
                ? at(beforeLast, j - 2) + 1
                : Number.POSITIVE_INFINITY,
            );
      row.push(value);
      leastOfRow = Math.min(leastOfRow, value);
    }
    if (leastOfRow > most && leastOfLast > most) return Number.POSITIVE_INFINITY;
    [beforeLast, last, leastOfLast] = [last, row, leastOfRow];
  }
  return at(last, name.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}
