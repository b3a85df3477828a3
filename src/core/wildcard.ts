/**
 * Whether the whole text matches a pattern of `*` (anything) and `?` (one character), ignoring case.
 * Takes time proportional to text times pattern at worst: a hostile pattern cannot stall the agent.
 */
export function matchesWildcard(pattern: string, text: string): boolean {
  const wanted = [...pattern.toLowerCase()];
  const given = [...text.toLowerCase()];
  let at = 0;
  let star = -1;
  let starAt = 0;
  for (let i = 0; i < given.length; ) {
    if (wanted[at] === '*') {
      star = at++;
      starAt = i;
    } else if (wanted[at] === '?' || (at < wanted.length && wanted[at] === given[i])) {
      at++;
      i++;
    } else if (star >= 0) {
      // The last star takes one character more, and the rest is tried anew.
      at = star + 1;
      i = ++starAt;
    } else {
      return false;
    }
  }
  return wanted.slice(at).every((character) => character === '*');
}

/** Whether any of the patterns matches; no patterns match everything. */
export function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.length === 0 || patterns.some((pattern) => matchesWildcard(pattern, text));
}
