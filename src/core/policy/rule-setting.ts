import type { RuleId } from '../rules/index.ts';
import type { Limit } from '../rules/rule.ts';
import type { SourcePlace } from './policy.ts';

export type SettingValue = Limit | string | boolean | readonly string[] | null;

/** One option of one rule as it was written. Of two about the same option the later one holds. */
export interface RuleSetting {
  readonly rule: RuleId;
  /** The kind of checkpoint it is for; empty for what stands directly below the rule. */
  readonly kind: string;
  /** A severity, or the name of another option; empty for the rule as a whole: `null` turns it off, anything else on. */
  readonly key: string;
  readonly value: SettingValue;
  readonly source: SourcePlace;
}
