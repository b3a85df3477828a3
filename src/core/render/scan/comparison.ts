import { nothingKnownText } from '../../coverage.ts';
import type { Finding } from '../../finding.ts';
import { utcOffsetOf } from '../../inventory.ts';
import type { FindingChange, PolicyComparison } from '../../policy/compare.ts';
import { count } from '../../units.ts';
import { type AgentView, nameSuffixes } from '../../view.ts';
import { displayWidth, padTo, plainText } from '../plain-text.ts';
import { whyText } from '../why-text.ts';
import { findingJson, gapsJson, isoJson } from './json.ts';
import { MARKS, markOf } from './marks.ts';
import { hostLines, notLookedAt, type Paint, type Replay } from './table.ts';

/** What another configuration would find in what was looked at. */
export interface ShownComparison {
  /** As it is judged now. */
  readonly view: AgentView;
  readonly comparison: PolicyComparison;
  /** What people call the configuration that is tried. */
  readonly tried: string;
  readonly replay: Replay;
}

/** Something to say about the configuration that is tried. */
export interface TryWarning {
  readonly line: number | null;
  readonly column: number | null;
  readonly path: string;
  readonly message: string;
}

const NAME_LENGTH = 40;
const FILE_LENGTH = 100;
const HEADINGS = ['NOW', 'THEN', 'VM', 'HOST', 'CHECKPOINT', 'RULE', 'WHY'] as const;

/** Hosts and how they were read, a line for each finding that would not be as it is, and last the counts. */
export function comparisonTable(shown: ShownComparison, paint: Paint): string {
  const { view, comparison, replay } = shown;
  const lines = comparison.changes.length === 0 ? [] : [tableLines(comparison.changes, view, paint)];
  const parts = [hostLines(view, replay), ...lines, [countsLine(shown)]];
  return `${parts.map((part) => part.join('\n')).join('\n\n')}\n`;
}

/** The same as data. */
export function comparisonJson(
  { view, comparison, tried }: ShownComparison,
  warnings: readonly TryWarning[],
): unknown {
  return {
    schema: 1,
    kind: 'hyperv.scan-try',
    at: isoJson(view.now),
    tried,
    counts: countsOf(comparison),
    changes: comparison.changes.map(({ type, before, after }) => ({
      type,
      before: before === null ? null : findingJson(before),
      after: after === null ? null : findingJson(after),
    })),
    warnings: warnings.map(({ line, column, path, message }) => ({ line, column, path, message })),
    notLookedAt: gapsJson(view),
  };
}

function countsOf({ changes, same }: PolicyComparison): Readonly<Record<string, number>> {
  const of = (type: FindingChange['type']): number => changes.filter((change) => change.type === type).length;
  return { same, disappear: of('disappears'), appear: of('appears'), change: of('changes') };
}

function countsLine({ view, comparison, tried }: ShownComparison): string {
  const nothingKnown = nothingKnownText(view);
  if (nothingKnown !== null) return `${plainText(nothingKnown)}.`;
  const { same, ...changes } = countsOf(comparison);
  const told = Object.entries(changes)
    .filter(([, number]) => number > 0)
    .map(([what, number]) => `${number} would ${what}`);
  const texts = [
    `${count(same ?? 0, 'finding')} as now`,
    ...(told.length === 0 ? ['nothing would change'] : told),
  ];
  return `With ${plainText(tried, FILE_LENGTH)}: ${texts.join(', ')}. ${notLookedAt(view) ?? 'Everything was looked at.'}`;
}

function tableLines(changes: readonly FindingChange[], view: AgentView, paint: Paint): readonly string[] {
  const suffixOf = nameSuffixes(view.inventory);
  const hosts = new Map(view.inventory.hosts.map((host) => [host.host, host]));
  const rows = changes.map((change) => {
    const finding = change.after ?? change.before;
    const { vm, host, rule } = finding;
    return {
      findings: [change.before, change.after],
      cells: [
        mark(change.before),
        mark(change.after),
        vm === null ? '-' : `${plainText(vm.name, NAME_LENGTH)}${suffixOf(vm)}`,
        plainText(host, NAME_LENGTH) || '-',
        checkpointCell(finding),
        rule,
        whyCell(change, utcOffsetOf(hosts.get(host))),
      ],
    };
  });
  const widths = HEADINGS.map((heading, column) =>
    Math.max(heading.length, ...rows.map(({ cells }) => displayWidth(cells[column] ?? ''))),
  );
  const line = (cells: readonly string[], painted: readonly (Finding | null)[]): string =>
    cells
      .map((text, column) => {
        const padded = padTo(text, widths[column] ?? 0);
        const finding = painted[column] ?? null;
        return finding === null || finding.exception !== null ? padded : paint(finding.severity, padded);
      })
      .join('  ')
      .trimEnd();
  return [line(HEADINGS, []), ...rows.map(({ cells, findings }) => line(cells, findings))];
}

function mark(finding: Finding | null): string {
  const found = finding === null ? null : markOf([finding]);
  return found === null ? '-' : MARKS[found];
}

function checkpointCell({ vm, checkpoint }: Finding): string {
  if (checkpoint !== null) return plainText(checkpoint.name, NAME_LENGTH);
  return vm === null ? '-' : '(whole VM)';
}

/** Why it would be found, or is found now; where both are and differ, both. What exceptions cover is said with them. */
function whyCell({ before, after }: FindingChange, utcOffsetMin: number | null): string {
  const finding = after ?? before;
  const isOther = before !== null && after !== null && before.reason !== after.reason;
  const covered = (when: string, of: Finding | null): string =>
    of === null || of.exception === null ? '' : `; ${when} ${whyText([of], utcOffsetMin)}`;
  return [
    plainText(finding.reason),
    isOther ? ` (now ${plainText(before.reason)})` : '',
    covered('now', before),
    covered('then', after),
  ].join('');
}
