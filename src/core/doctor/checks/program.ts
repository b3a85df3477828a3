import { type DoctorCheck, ok, problem, warning } from '../check.ts';

/** As package.json has it. */
const OLDEST_NODE = 24;

export const PROGRAM: DoctorCheck = {
  name: 'program',
  looksAt: 'the version of the agent and of Node.js, and whether Node.js is a 64-bit one on a 64-bit Windows',
  minds: `A Node.js older than ${OLDEST_NODE} is a problem; a 32-bit one on a 64-bit Windows is a warning.`,
  isForWindows: false,
  judge({ program: { version, node, arch, platform, isEmulated } }) {
    const text = `agent ${version}, Node.js ${node} (${arch}, ${platform})`;
    if (Number.parseInt(node, 10) < OLDEST_NODE) {
      return problem(text, `Node.js ${OLDEST_NODE} or newer is needed; the archive for Windows brings one.`);
    }
    if (isEmulated) {
      return warning(
        `${text}: 32 bits on a 64-bit Windows`,
        'Use the 64-bit Node.js that the archive for Windows brings. PowerShell is started as a 64-bit one all the same, unless collector.powershell.executable says otherwise.',
      );
    }
    return ok(text);
  },
};
