import { type Finding, findingKey } from '../finding.ts';
import { SEVERITIES } from '../severity.ts';
import { compareFindings } from '../trouble.ts';

/** A finding that one policy raises otherwise than another. */
export type FindingChange =
  | { readonly type: 'appears'; readonly before: null; readonly after: Finding }
  | { readonly type: 'disappears'; readonly before: Finding; readonly after: null }
  /** Another severity, or an exception covers it in one of the two. */
  | { readonly type: 'changes'; readonly before: Finding; readonly after: Finding };

export interface PolicyComparison {
  /** Worst first, by the worse of before and after. */
  readonly changes: readonly FindingChange[];
  /** Findings that are the same in both, though perhaps for another reason. */
  readonly same: number;
}

/** Compares what two policies find in one inventory. */
export function compareJudgements(before: readonly Finding[], after: readonly Finding[]): PolicyComparison {
  const earlier = new Map(before.map((finding) => [findingKey(finding), finding]));
  const later = new Map(after.map((finding) => [findingKey(finding), finding]));
  const gone = before.filter((finding) => !later.has(findingKey(finding)));
  const changes: FindingChange[] = gone.map((finding) => ({
    type: 'disappears',
    before: finding,
    after: null,
  }));
  let same = 0;
  for (const finding of later.values()) {
    const other = earlier.get(findingKey(finding));
    if (other === undefined) changes.push({ type: 'appears', before: null, after: finding });
    else if (isSame(other, finding)) same += 1;
    else changes.push({ type: 'changes', before: other, after: finding });
  }
  return { changes: changes.sort(compareChanges), same };
}

function isSame(a: Finding, b: Finding): boolean {
  return a.severity === b.severity && (a.exception === null) === (b.exception === null);
}

/** How bad a finding is for those who are told: what an exception covers is milder than everything else. */
export function weight({ severity, exception }: Finding): number {
  return exception === null ? SEVERITIES.indexOf(severity) + 1 : 0;
}

function compareChanges(a: FindingChange, b: FindingChange): number {
  const [worseOfA, worseOfB] = [worse(a), worse(b)];
  return weight(worseOfB) - weight(worseOfA) || compareFindings(worseOfA, worseOfB);
}

function worse(change: FindingChange): Finding {
  const { before, after } = change;
  if (before === null) return change.after;
  return after === null || weight(before) >= weight(after) ? before : after;
}
