import type { Finding } from '../finding.ts';
import type { Inventory } from '../inventory.ts';
import type { CheckpointKind, Instant } from '../model.ts';
import { SEVERITIES, type Severity } from '../severity.ts';

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

/** Options of rules that know no limit, only how bad it is. */
export interface SeverityOption {
  readonly severity: Severity;
}

/** How a rule's limits are written in the configuration. */
export type LimitType = 'duration' | 'size' | 'count';

/** The shape of a rule's options, from which the configuration's schema is made. */
export type OptionShape =
  | {
      readonly type: 'levels-by-kind';
      readonly limit: LimitType;
      readonly kinds: readonly CheckpointKind[];
      /** The kinds that levels written without a kind are for. */
      readonly flat: readonly CheckpointKind[];
    }
  | { readonly type: 'levels'; readonly limit: LimitType }
  | { readonly type: 'severity' };

/** What every rule is handed. */
export interface RuleContext {
  readonly inventory: Inventory;
  readonly now: Instant;
  /** Findings of the rules before this one in the registry, so that a consequence need not repeat its cause. */
  readonly earlier: readonly Finding[];
}

interface RuleDefinition<Id extends string, Options> {
  readonly id: Id;
  /** One sentence: when it raises a finding. */
  readonly summary: string;
  /** Why that matters, for the documentation. */
  readonly why: string;
  readonly options: OptionShape;
  readonly defaults: Options;
  evaluate(context: RuleContext, options: Options): readonly Finding[];
}

/** A rule: who, why, what. Pure. `Options` is its part of the effective configuration. */
export interface Rule<Id extends string, Options> extends RuleDefinition<Id, Options> {
  /** Evaluates with its own part of the configuration; nothing when that is `null`. */
  judge(context: RuleContext, config: Readonly<Record<Id, Options | null>>): readonly Finding[];
}

export function defineRule<Id extends string, Options>(
  definition: RuleDefinition<Id, Options>,
): Rule<Id, Options> {
  return {
    ...definition,
    judge(context, config) {
      const options = config[definition.id];
      return options === null ? [] : definition.evaluate(context, options);
    },
  };
}

/** The most severe level that is crossed, with its limit; `null` when none is. */
export function crossedLevel<T>(
  levels: Levels<T>,
  isAbove: (limit: T) => boolean,
): { readonly severity: Severity; readonly limit: T } | null {
  for (const severity of SEVERITIES.toReversed()) {
    const limit = levels[severity];
    if (limit !== null && isAbove(limit)) return { severity, limit };
  }
  return null;
}
