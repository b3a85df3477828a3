import type { PolicyException } from '../policy/policy.ts';

/** An exception for people: `"training image" (agent.yml line 12)`. */
export function exceptionText({ reason, source: { line, path } }: PolicyException): string {
  return `"${reason}" (${line === null ? path : `line ${line} of the configuration`})`;
}
