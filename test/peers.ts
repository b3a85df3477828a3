import { spawnSync } from 'node:child_process';

/**
 * Whether a program that tests talk to is missing: they are skipped then, visibly. Where everything must be proven
 * (CI is set) a missing one is a failure instead. All of them are in Debian's packages of the same names.
 */
export function isMissing(program: 'promtool' | 'prometheus'): boolean {
  const isThere = spawnSync(program, ['--version']).status === 0;
  if (!isThere && process.env.CI) {
    throw new Error(`${program} is missing: install Debian's package prometheus`);
  }
  return !isThere;
}
