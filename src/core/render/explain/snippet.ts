import type { Finding } from '../../finding.ts';
import type { Instant } from '../../model.ts';
import { DAY_MS, MINUTE_MS } from '../../units.ts';
import { hasWildcard, MAX_PATTERN_LENGTH } from '../../wildcard.ts';
import { plainText } from '../plain-text.ts';
import { dayText } from '../why-text.ts';

/** Something with a name, which others may have as well, and an id. */
export interface Named {
  readonly id: string;
  readonly name: string;
  readonly isNameUnique: boolean;
}

/** How long a suggested exception holds: long enough to act, too short to be forgotten. */
export const SUGGESTED_DAYS = 30;

/** What an exception is suggested for. */
export interface ExceptionDraft {
  readonly vm: Named;
  /** `null` for the VM as a whole. */
  readonly checkpoint: Named | null;
  readonly rules: readonly Finding['rule'][];
  /** The last day it covers, such as `2026-12-31`. */
  readonly until: string;
}

/** An exception as the configuration takes it, at the left margin: it is there to be copied. */
export function exceptionYaml({ vm, checkpoint, rules, until }: ExceptionDraft): string {
  return [
    'exceptions:',
    `  - vm: ${quoted(patternFor(vm))}`,
    ...(checkpoint === null ? [] : [`    checkpoint: ${quoted(patternFor(checkpoint))}`]),
    `    rules: [${rules.join(', ')}]`,
    "    reason: 'write why it may stay'",
    `    until: ${until}`,
  ]
    .map((line) => `${line}\n`)
    .join('');
}

/** The last day of a suggested exception, on the calendar of the host. */
export function suggestedUntil(hostNow: Instant, utcOffsetMin: number | null): string {
  return dayText(hostNow + SUGGESTED_DAYS * DAY_MS + (utcOffsetMin ?? 0) * MINUTE_MS);
}

/** The name where it means this one alone and can be written on one line as it is; else the id. */
function patternFor({ id, name, isNameUnique }: Named): string {
  const isWritable =
    name.length <= MAX_PATTERN_LENGTH && name !== '' && plainText(name, MAX_PATTERN_LENGTH) === name;
  return isNameUnique && isWritable && !hasWildcard(name) ? name : plainText(id, MAX_PATTERN_LENGTH);
}

/** In single quotes nothing but the quote itself means anything to YAML, as long as it is printable and on one line. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
