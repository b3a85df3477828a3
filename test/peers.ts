import { spawnSync } from 'node:child_process';

/** Programs that tests talk to, and Debian's package of each. */
const PEERS = {
  promtool: { command: 'promtool', from: 'prometheus' },
  prometheus: { command: 'prometheus', from: 'prometheus' },
  wine64: { command: '/usr/lib/wine/wine64', from: 'wine64' },
} as const;

/**
 * Whether a program that tests talk to is missing: they are skipped then, visibly. Where everything must be proven
 * (CI is set) a missing one is a failure instead.
 */
export function isMissing(program: keyof typeof PEERS): boolean {
  const { command, from } = PEERS[program];
  const isThere = spawnSync(command, ['--version']).status === 0;
  if (!isThere && process.env.CI) {
    throw new Error(`${program} is missing: install Debian's package ${from}`);
  }
  return !isThere;
}
