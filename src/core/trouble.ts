import { activeFindings, type CheckpointRef, exceptedFindings, type Finding, type VmRef } from './finding.ts';
import type { Severity } from './severity.ts';
import { compareSeverity } from './severity.ts';
import { compareText } from './view.ts';

/** All findings about one thing (a checkpoint, a VM, a host or the agent), worst first. */
export interface Trouble {
  readonly severity: Severity;
  readonly host: string;
  readonly vm: VmRef | null;
  readonly checkpoint: CheckpointRef | null;
  readonly findings: readonly Finding[];
}

/** Number of findings by severity, without those that exceptions cover. */
export function countBySeverity(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { info: 0, warning: 0, critical: 0 };
  for (const { severity } of activeFindings(findings)) counts[severity] += 1;
  return counts;
}

/**
 * Number of things that are wrong, each counted once at its worst: a checkpoint that is both old and large is one.
 * This is what people are told; it is the number of lines they then see. What exceptions cover is no trouble.
 */
export function countTroubles(findings: readonly Finding[]): Readonly<Record<Severity, number>> {
  const counts = { info: 0, warning: 0, critical: 0 };
  for (const { severity } of troubles(findings)) counts[severity] += 1;
  return counts;
}

/**
 * Number of things of which exceptions cover something. One of which they cover a part only is counted here and among
 * the troubles.
 */
export function countExcepted(findings: readonly Finding[]): number {
  return exceptedThings(findings).length;
}

/**
 * Worst first: what exceptions cover last, then by severity, then the one that has lasted longest, then by name. A total
 * order of distinct findings.
 */
export function compareFindings(a: Finding, b: Finding): number {
  return (
    Number(a.exception !== null) - Number(b.exception !== null) ||
    compareSeverity(b.severity, a.severity) ||
    (a.sinceAt ?? Number.MAX_SAFE_INTEGER) - (b.sinceAt ?? Number.MAX_SAFE_INTEGER) ||
    compareText(a.vm?.name ?? '', b.vm?.name ?? '') ||
    compareText(a.host, b.host) ||
    compareText(a.subject, b.subject) ||
    compareText(a.rule, b.rule)
  );
}

/**
 * Findings gathered by what they are about, the worst VM first and everything of one VM together; without those that
 * exceptions cover. Outputs show one line for each.
 */
export function troubles(findings: readonly Finding[]): readonly Trouble[] {
  return gather(activeFindings(findings));
}

/** What exceptions cover, gathered in the same way. */
export function exceptedThings(findings: readonly Finding[]): readonly Trouble[] {
  return gather(exceptedFindings(findings));
}

/** The reasons of all findings given, each once. */
export function reasons(findings: readonly Finding[]): string {
  return [...new Set(findings.map((finding) => finding.reason))].join('; ');
}

function gather(findings: readonly Finding[]): readonly Trouble[] {
  const sorted = findings.toSorted(compareFindings);
  // Grouping keeps the order of first appearance: each group stands where its worst finding stood.
  const byVm = Map.groupBy(sorted, (finding) => `${finding.host}\n${finding.vm?.id ?? ''}`);
  return [...byVm.values()].flatMap((ofVm) => {
    const byThing = Map.groupBy(ofVm, (finding) => finding.checkpoint?.id ?? finding.subject);
    return [...byThing.values()].flatMap(trouble);
  });
}

function trouble(findings: readonly Finding[]): readonly Trouble[] {
  const worst = findings[0];
  if (worst === undefined) return [];
  const { severity, host, vm, checkpoint } = worst;
  return [{ severity, host, vm, checkpoint, findings }];
}
