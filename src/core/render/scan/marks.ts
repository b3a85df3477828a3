import { activeFindings, type Finding } from '../../finding.ts';
import { type Severity, worstSeverity } from '../../severity.ts';

/** How bad it is, or that exceptions cover all that is wrong with it. */
export type Mark = Severity | 'excepted';

/** In the four columns that tables and trees have for it. */
export const MARKS: Readonly<Record<Mark, string>> = {
  critical: 'CRIT',
  warning: 'WARN',
  info: 'info',
  excepted: ' exc',
};

/** The mark of a thing with these findings; `null` for none. What exceptions cover makes nothing worse. */
export function markOf(findings: readonly Finding[]): Mark | null {
  const worst = worstSeverity(activeFindings(findings).map(({ severity }) => severity));
  return worst ?? (findings.length === 0 ? null : 'excepted');
}
