import type { PolicyException } from '../policy/policy.ts';

const NAME_LENGTH = 40;

/** What people call an exception by: its reason, cut where it would fill a table. */
export function exceptionName({ reason }: Pick<PolicyException, 'reason'>): string {
  const characters = [...reason];
  const short =
    characters.length <= NAME_LENGTH ? reason : `${characters.slice(0, NAME_LENGTH - 1).join('')}…`;
  return `"${short}"`;
}

/** An exception for people: `"training image" (agent.yml line 12)`. */
export function exceptionText({ reason, source: { line, path } }: PolicyException): string {
  return `"${reason}" (${line === null ? path : `line ${line} of the configuration`})`;
}
