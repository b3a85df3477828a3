import type { Origin } from '../../policy/origin.ts';
import type { SourcePlace } from '../../policy/policy.ts';
import { plainText } from '../plain-text.ts';

/** `rules.checkpoint-age.user.critical, line 8`, or `preset rds-pool`. */
export function placeText({ path, line }: SourcePlace): string {
  const where = plainText(path, 160);
  return line === null ? where : `${where}, line ${line}`;
}

/** Where an option comes from: `rules.checkpoint-age.user.critical, line 8`, `preset rds-pool`, or `default`. */
export function originText(origin: Origin): string {
  switch (origin.type) {
    case 'default':
      return 'default';
    case 'written':
      return placeText(origin.source);
    case 'as-user':
      return `as for user checkpoints: ${originText(origin.of)}`;
  }
}

/** The same in as few words as can be: `line 8`. */
export function shortOrigin(origin: Origin): string {
  switch (origin.type) {
    case 'default':
      return 'default';
    case 'written':
      return shortPlace(origin.source);
    case 'as-user':
      return `as for user: ${shortOrigin(origin.of)}`;
  }
}

/** `line 8`, or what is not in the file by its name. */
export function shortPlace({ path, line }: SourcePlace): string {
  return line === null ? plainText(path, 80) : `line ${line}`;
}
