/** A pattern made ready to be asked many times. Takes text that `foldCase` has folded. */
export type Matcher = (folded: string) => boolean;

/** The longest pattern the configuration accepts; what keeps the worst case small. */
export const MAX_PATTERN_LENGTH = 256;

/** Text as matchers take it: case does not count. */
export function foldCase(text: string): string {
  return text.toLowerCase();
}

/**
 * Compiles a pattern of `*` (anything, also nothing) and `?` (one character); everything else is literal, and case does
 * not count. The whole text must match. The time is linear in the text: a hostile pattern cannot stall the agent.
 */
export function compilePattern(pattern: string): Matcher {
  const folded = foldCase(pattern);
  if (folded.includes('?')) return compileSteps(folded);
  const pieces = folded.split('*');
  return pieces.length === 1 ? (text) => text === folded : compilePieces(pieces);
}

/** Matches what any of the patterns matches; no patterns match everything. */
export function compilePatterns(patterns: readonly string[]): Matcher {
  if (patterns.length === 0) return () => true;
  const [first, ...more] = patterns;
  if (first !== undefined && more.length === 0) return compilePattern(first);
  const literals = new Set(patterns.filter((pattern) => !hasWildcard(pattern)).map(foldCase));
  const others = patterns.filter(hasWildcard).map(compilePattern);
  return (text) => literals.has(text) || others.some((matches) => matches(text));
}

/** Asked of something with a name and an id. */
export type NameMatcher = (thing: { readonly name: string; readonly id: string }) => boolean;

/**
 * Compiles patterns of names that may also be whole ids. No wildcard is tried on an id, which is random: `*1` would
 * match one in sixteen. No patterns match everything.
 */
export function compileNamePatterns(patterns: readonly string[]): NameMatcher {
  if (patterns.length === 0) return () => true;
  const matchesName = compilePatterns(patterns);
  const ids = new Set(patterns.filter((pattern) => !hasWildcard(pattern)).map(foldCase));
  return ids.size === 0
    ? ({ name }) => matchesName(foldCase(name))
    : ({ name, id }) => matchesName(foldCase(name)) || ids.has(foldCase(id));
}

/** Whether the text means more than itself. */
export function hasWildcard(pattern: string): boolean {
  return /[*?]/.test(pattern);
}

/** Whether the whole text matches one pattern, asked once. */
export function matchesWildcard(pattern: string, text: string): boolean {
  return compilePattern(pattern)(foldCase(text));
}

/** Whether any of the patterns matches; no patterns match everything. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return compilePatterns(patterns)(foldCase(text));
}

/** Literal pieces between stars: the first begins the text, the last ends it, the others follow one another. */
function compilePieces(pieces: readonly string[]): Matcher {
  const prefix = pieces[0] ?? '';
  const suffix = pieces.at(-1) ?? '';
  const middles = pieces.slice(1, -1).filter((piece) => piece !== '');
  return (text) => {
    if (text.length < prefix.length + suffix.length) return false;
    if (!text.startsWith(prefix) || !text.endsWith(suffix)) return false;
    const end = text.length - suffix.length;
    let at = prefix.length;
    for (const piece of middles) {
      // The earliest place leaves the most room for the rest.
      const found = text.indexOf(piece, at);
      if (found < 0 || found + piece.length > end) return false;
      at = found + piece.length;
    }
    return true;
  };
}

/** As many steps as the bits of a small integer can count. */
const MOST_BITS = 30;

/**
 * All ways to match at once, one bit for each number of characters matched so far (the bit-parallel automaton of
 * Baeza-Yates and Gonnet): one step for each character of the text, whatever the pattern.
 */
function compileSteps(folded: string): Matcher {
  const steps: string[] = [];
  const starsAfter = new Set<number>();
  for (const character of folded) {
    if (character === '*') starsAfter.add(steps.length);
    else steps.push(character);
  }
  return steps.length <= MOST_BITS ? smallAutomaton(steps, starsAfter) : largeAutomaton(steps, starsAfter);
}

function smallAutomaton(steps: readonly string[], starsAfter: ReadonlySet<number>): Matcher {
  let anything = 0;
  let loops = 0;
  const masks = new Map<string, number>();
  for (const [index, step] of steps.entries()) {
    if (step === '?') anything |= 1 << index;
    else masks.set(step, (masks.get(step) ?? 0) | (1 << index));
  }
  for (const index of starsAfter) loops |= 1 << index;
  const goal = 1 << steps.length;
  return (text) => {
    let state = 1;
    for (const character of text) {
      state = ((state & ((masks.get(character) ?? 0) | anything)) << 1) | (state & loops);
      if (state === 0) return false;
    }
    return (state & goal) !== 0;
  };
}

function largeAutomaton(steps: readonly string[], starsAfter: ReadonlySet<number>): Matcher {
  let anything = 0n;
  let loops = 0n;
  const masks = new Map<string, bigint>();
  for (const [index, step] of steps.entries()) {
    const bit = 1n << BigInt(index);
    if (step === '?') anything |= bit;
    else masks.set(step, (masks.get(step) ?? 0n) | bit);
  }
  for (const index of starsAfter) loops |= 1n << BigInt(index);
  const goal = 1n << BigInt(steps.length);
  return (text) => {
    let state = 1n;
    for (const character of text) {
      state = ((state & ((masks.get(character) ?? 0n) | anything)) << 1n) | (state & loops);
      if (state === 0n) return false;
    }
    return (state & goal) !== 0n;
  };
}
