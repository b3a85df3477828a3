import { SEVERITIES, type Severity } from '../severity.ts';
import { isBuiltInKind } from './kinds.ts';
import type { SourcePlace } from './policy.ts';
import { type ResolvedRule, sourceKey } from './resolve-rule.ts';

/** Where the value of an option comes from. */
export type Origin =
  | { readonly type: 'default' }
  | { readonly type: 'written'; readonly source: SourcePlace }
  /** A kind of the configuration's own that has what holds for users' checkpoints. */
  | { readonly type: 'as-user'; readonly of: Origin };

const DEFAULT: Origin = { type: 'default' };

/** Where a level of a rule comes from; `kind` is empty for rules that know no kinds. */
export function levelOrigin(rule: ResolvedRule, kind: string, severity: Severity): Origin {
  const writtenBy = rule.levels.get(kind)?.writtenBy;
  const setting = writtenBy?.[severity] ?? null;
  if (setting !== null) return { type: 'written', source: setting.source };
  if (kind === '' || isBuiltInKind(kind)) return DEFAULT;
  // A kind with limits of its own has an info only where one is written.
  const hasOwn = writtenBy !== undefined && SEVERITIES.some((each) => writtenBy[each] !== null);
  if (severity === 'info' && hasOwn) return DEFAULT;
  return { type: 'as-user', of: levelOrigin(rule, 'user', severity) };
}

/** Where an option without levels comes from, such as `severity`; of a rule that is off, where it was turned off. */
export function optionOrigin(rule: ResolvedRule, key: string): Origin {
  const source = rule.sources.get(sourceKey('', key));
  return source === undefined ? DEFAULT : { type: 'written', source };
}
