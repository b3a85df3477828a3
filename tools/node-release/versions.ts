/** The parts of `24.0.0`; `null` for anything else than a release of Node.js. */
export function partsOf(version: string): readonly [major: number, minor: number, patch: number] | null {
  const [, major, minor, patch] = /^(\d{1,3})\.(\d{1,4})\.(\d{1,4})$/.exec(version) ?? [];
  return major === undefined ? null : [Number(major), Number(minor), Number(patch)];
}

/** What is wrong with going from one version of Node.js to another, in words; `null` when nothing is. */
export function whyNot(wanted: string, pinned: string): string | null {
  const [to, from] = [partsOf(wanted), partsOf(pinned)];
  if (to === null) return `"${wanted}" is no version of Node.js: expected three numbers, such as ${pinned}`;
  if (from === null) throw new Error(`what is pinned is no version: ${pinned}`);
  if (to[0] !== from[0]) {
    return `Node.js ${wanted} is another major than ${pinned}, which is no matter of one command: what the project needs of Node.js, its types and its tests come first`;
  }
  const difference = to[1] - from[1] || to[2] - from[2];
  if (difference === 0) return `Node.js ${wanted} is what is pinned already`;
  return difference < 0 ? `Node.js ${wanted} is older than ${pinned}, which is pinned` : null;
}

/** The release of the agent that brings nothing but another Node.js. */
export function nextPatch(version: string): string {
  const parts = partsOf(version);
  if (parts === null) {
    throw new Error(`the agent is at ${version}, which is not the end of a release: set its version first`);
  }
  return `${parts[0]}.${parts[1]}.${parts[2] + 1}`;
}
