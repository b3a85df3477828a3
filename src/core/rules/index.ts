import type { ByKind, Levels, SeverityOption, SizeLimit } from './rule.ts';

export type RuleId = keyof RulesConfig;

/** The effective options of every rule; `null` turns a rule off. */
export interface RulesConfig {
  readonly 'checkpoint-age': ByKind<number> | null;
  readonly 'avhdx-size': ByKind<SizeLimit> | null;
  readonly 'vm-avhdx-total': Levels<SizeLimit> | null;
  readonly 'checkpoint-count': Levels<number> | null;
  readonly 'chain-depth': Levels<number> | null;
  readonly 'vm-critical-state': SeverityOption | null;
  readonly 'host-unreachable': Levels<number> | null;
  readonly 'scan-incomplete': Levels<number> | null;
  readonly 'clock-skew': Levels<number> | null;
}
