import type { Instant } from '../../core/model.ts';
import { formatInstant } from '../../core/render/instant-text.ts';
import { plainText } from '../../core/render/plain-text.ts';
import { formatBytes } from '../../core/units.ts';
import { VERSION } from '../../version.ts';

export interface Listed {
  readonly name: string;
  readonly about: string;
  readonly bytes: number;
}

export interface Manifest {
  readonly at: Instant;
  readonly isAnonymous: boolean;
  readonly files: readonly Listed[];
  readonly leftOut: readonly { readonly name: string; readonly why: string }[];
}

const WHAT_NAMES = 'names of VMs, checkpoints, hosts and accounts, paths and mail addresses';

/** MANIFEST.txt: what is inside, what is not, and what to look for before it is sent. */
export function manifestText({ at, isAnonymous, files, leftOut }: Manifest): string {
  const width = Math.max(0, ...files.map(({ name }) => name.length));
  const leftWidth = Math.max(0, ...leftOut.map(({ name }) => name.length));
  return [
    `Support bundle of checkpoint-agent ${VERSION}, made ${formatInstant(at, null)}`,
    '',
    'Look inside before you send it.',
    ...(isAnonymous
      ? [
          `Replaced by stand-ins, the same in every file: ${WHAT_NAMES}.`,
          'Sizes, times, thresholds, versions, error codes and the time zone stay.',
        ]
      : [`It holds ${WHAT_NAMES}. --anonymise replaces them.`]),
    'Passwords were taken out wherever they stood: as they are, and in the forms in which servers repeat them. So was what',
    'looks like a password, a token or a key of somebody else, as far as that can be seen.',
    '',
    'What is inside',
    ...files.map(
      ({ name, about, bytes }) => `  ${name.padEnd(width)}  ${formatBytes(bytes).padStart(10)}  ${about}`,
    ),
    '',
    'What was left out, and why',
    ...(leftOut.length === 0
      ? ['  nothing']
      : leftOut.map(({ name, why }) => `  ${name.padEnd(leftWidth)}  ${plainText(why, 300)}`)),
    '',
  ].join('\n');
}
