import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import type { CheckpointKind, Instant } from '../model.ts';
import type { Severity } from '../severity.ts';

/** A limit for each severity; `null` is off. A limit is crossed when the value is above it. */
export interface Levels<T> {
  readonly info: T | null;
  readonly warning: T | null;
  readonly critical: T | null;
}

/** Levels by kind of checkpoint; a kind that is not there is not judged by the rule. */
export type ByKind<T> = Readonly<Partial<Record<CheckpointKind, Levels<T>>>>;

/** Crossed above the absolute size, or above the share of the disks' virtual size (and a floor of 20 GiB). */
export interface SizeLimit {
  readonly bytes: number | null;
  readonly ratio: number | null;
}

/** How a rule's limits are written in the configuration. */
export type LimitType = 'duration' | 'size' | 'count';

/** What every rule is handed. */
export interface RuleContext {
  readonly inventory: Inventory;
  readonly now: Instant;
}

/** A rule: who, why, what. `evaluate` is pure. `Options` is its part of the effective configuration. */
export interface Rule<Id extends string, Options> {
  readonly id: Id;
  /** One sentence: when it raises a finding. */
  readonly summary: string;
  /** Why that matters, for the documentation. */
  readonly why: string;
  /** The shape of its options, from which the configuration's schema is made. */
  readonly options: OptionShape;
  readonly defaults: Options;
  evaluate(context: RuleContext, options: Options): readonly Finding[];
}

export type OptionShape =
  | {
      readonly type: 'levels-by-kind';
      readonly limit: LimitType;
      readonly kinds: readonly CheckpointKind[];
      readonly flat: readonly CheckpointKind[];
    }
  | { readonly type: 'levels'; readonly limit: LimitType }
  | { readonly type: 'severity' };

/** Options of rules that know no limit, only how bad it is. */
export interface SeverityOption {
  readonly severity: Severity;
}
