import type { CheckpointKind, Instant } from './model.ts';
import type { RuleId } from './rules/index.ts';
import type { Severity } from './severity.ts';

/** A number with its unit: ages in ms, sizes in bytes, shares as a ratio from 0 to 1. */
export interface Quantity {
  readonly unit: 'ms' | 'bytes' | 'count' | 'ratio';
  readonly value: number;
}

export interface VmRef {
  readonly id: string;
  readonly name: string;
}

export interface CheckpointRef {
  readonly id: string;
  readonly name: string;
  readonly kind: CheckpointKind;
}

/** An exception of the configuration that covers a finding. */
export interface ExceptionRef {
  readonly reason: string;
  /** On the host's clock; from then on the finding is open again. */
  readonly untilAt: Instant;
  readonly owner: string | null;
  /** Where the exception is written, from 1; `null` when that is not known. */
  readonly line: number | null;
}

/** One violation of one rule, without any memory of earlier ones. Its texts are the same in every output. */
export interface Finding {
  readonly rule: RuleId;
  /** What it is about: `vm:ID`, `checkpoint:VM-ID/ID`, `host:NAME` or `agent`. With the rule, its identity. */
  readonly subject: string;
  readonly severity: Severity;
  /** The host it was found on; an attribute, not part of the identity. */
  readonly host: string;
  readonly vm: VmRef | null;
  readonly checkpoint: CheckpointRef | null;
  /** When the limit of this severity was crossed, on the host's clock; `null` when that cannot be told. */
  readonly sinceAt: Instant | null;
  readonly value: Quantity | null;
  /** The limit that was crossed. */
  readonly threshold: Quantity | null;
  /** A few words, such as `older than 7d`; the WHY column. */
  readonly reason: string;
  /** A full sentence that stands alone. */
  readonly message: string;
  /** What to do, in one or two sentences. */
  readonly advice: string;
  /** Who is responsible, as name, notes or an exception say; `null` when nobody is named. */
  readonly owner: string | null;
  /** The exception that covers it: it is shown and counted, and raises nothing. */
  readonly exception: ExceptionRef | null;
}

/** Those that no exception covers: what raises a severity, an exit code or an alert. */
export function activeFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.some(({ exception }) => exception !== null)
    ? findings.filter(({ exception }) => exception === null)
    : findings;
}

/** Those that an exception covers. */
export function exceptedFindings(findings: readonly Finding[]): readonly Finding[] {
  return findings.filter(({ exception }) => exception !== null);
}

/** Identity of a finding and of the alert it becomes: the same thing on another host or at another severity is the same. */
export function findingKey(finding: Pick<Finding, 'rule' | 'subject'>): string {
  return `${finding.rule}|${finding.subject}`;
}
