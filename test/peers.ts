import { spawnSync } from 'node:child_process';

interface Peer {
  readonly command: string;
  readonly from: string;
  /** With which it does nothing, and succeeds. `--version`, unless said. */
  readonly option?: string;
}

/** Programs that tests talk to, and Debian's package of each. */
const PEERS = {
  msiinfo: { command: 'msiinfo', from: 'msitools' },
  promtool: { command: 'promtool', from: 'prometheus' },
  prometheus: { command: 'prometheus', from: 'prometheus' },
  osslsigncode: { command: 'osslsigncode', from: 'osslsigncode' },
  script: { command: 'script', from: 'bsdutils' },
  unzip: { command: 'unzip', from: 'unzip', option: '-v' },
  wine64: { command: '/usr/lib/wine/wine64', from: 'wine64' },
  wixl: { command: 'wixl', from: 'wixl' },
} as const;

/**
 * Whether a program that tests talk to is missing: they are skipped then, visibly. Where everything must be proven
 * (CI is set, on the Linux that they are packages of) a missing one is a failure instead.
 */
export function isMissing(program: keyof typeof PEERS): boolean {
  const { command, from, option = '--version' }: Peer = PEERS[program];
  const isThere = spawnSync(command, [option]).status === 0;
  if (!isThere && process.env.CI && process.platform === 'linux') {
    throw new Error(`${program} is missing: install Debian's package ${from}`);
  }
  return !isThere;
}
