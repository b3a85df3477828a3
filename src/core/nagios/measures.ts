import { SECOND_MS } from '../units.ts';
import { type AgentView, totals, type VmRow } from '../view.ts';
import type { CheckMetric, CheckOptions } from './options.ts';
import type { Perfdata } from './perfdata.ts';
import type { Scope } from './scope.ts';
import type { NagiosStatus } from './status.ts';
import { measure } from './thresholds.ts';

interface Judged {
  readonly view: AgentView;
  readonly scope: Scope;
  readonly options: CheckOptions;
  readonly maxAgeMs: number;
  /** The status of each trouble that raised one. */
  readonly raised: readonly (NagiosStatus | null)[];
  /** Things that exceptions keep from raising one. */
  readonly excepted: number;
}

/** The performance data of a check: always the same labels; what is not known is left out. */
export function checkPerfdata(judged: Judged): readonly Perfdata[] {
  const { view, scope, options, maxAgeMs, raised, excepted } = judged;
  const sum = totals(scope.rows);
  // Of what was never looked at, no troubles are known, which is not the same as none.
  const isSeen =
    scope.hosts.some(({ reading }) => reading !== null) &&
    (options.vms.length === 0 || scope.rows.length > 0);
  const raisedAs = (of: NagiosStatus): number | null =>
    isSeen ? raised.filter((status) => status === of).length : null;
  const oldestMs = sum.oldestUserAgeMs;
  return [
    ...item(
      'oldest_age',
      oldestMs === null ? null : Math.floor(oldestMs / SECOND_MS),
      's',
      thresholdsOf('age', options),
    ),
    ...item('critical', raisedAs('CRITICAL'), ''),
    ...item('warning', raisedAs('WARNING'), ''),
    ...item('excepted', isSeen ? excepted : null, ''),
    ...item('checkpoints', scope.rows.length > 0 ? countAll(scope.rows) : null, ''),
    ...item('size', scope.rows.length > 0 ? sum.avhdx.bytes : null, 'B'),
    ...highest(scope.rows, options),
    ...scanAge(view, scope, maxAgeMs),
    ...(options.perfdataPerVm ? scope.rows.flatMap(perVm) : []),
  ];
}

/** Checkpoints of a VM without recovery points of Hyper-V Replica; `null` when they were not listed. */
export function countedCheckpoints(row: VmRow): number | null {
  return measure(row, 'count').value;
}

function countAll(rows: readonly VmRow[]): number | null {
  return rows
    .map(countedCheckpoints)
    .reduce<number | null>((sum, n) => (sum === null || n === null ? null : sum + n), 0);
}

type Limits = Pick<Perfdata, 'warning' | 'critical'>;
const NO_LIMITS: Limits = { warning: null, critical: null };

function thresholdsOf(metric: CheckMetric, { thresholds }: CheckOptions): Limits {
  return thresholds?.metric === metric ? thresholds : NO_LIMITS;
}

function item(
  label: string,
  value: number | null,
  unit: Perfdata['unit'],
  limits = NO_LIMITS,
): readonly Perfdata[] {
  return value === null ? [] : [{ label, value, unit, warning: limits.warning, critical: limits.critical }];
}

/** Sizes and counts are judged for each VM, so the thresholds stand beside the highest of them. */
function highest(rows: readonly VmRow[], { thresholds }: CheckOptions): readonly Perfdata[] {
  if (thresholds === null || thresholds.metric === 'age' || rows.length === 0) return [];
  const values = rows.map((row) => measure(row, thresholds.metric).value);
  const most = values.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)));
  return thresholds.metric === 'size'
    ? item('largest_vm', most, 'B', thresholds)
    : item('most_on_vm', most, '', thresholds);
}

function scanAge(view: AgentView, { hosts }: Scope, maxAgeMs: number): readonly Perfdata[] {
  const readAt = hosts.map(({ reading }) => reading?.readAt ?? null);
  const oldest =
    readAt.length === 0 ? null : readAt.reduce((a, b) => (a === null || b === null ? null : Math.min(a, b)));
  const end = Math.floor(maxAgeMs / SECOND_MS);
  return item(
    'scan_age',
    oldest === null ? null : Math.max(0, Math.floor((view.now - oldest) / SECOND_MS)),
    's',
    {
      warning: null,
      critical: { start: 0, end, inside: false, text: String(end) },
    },
  );
}

function perVm(row: VmRow): readonly Perfdata[] {
  const { name } = row.vm;
  const ageMs = row.oldestUserAgeMs;
  return [
    ...item(`${name}_oldest_age`, ageMs === null ? null : Math.floor(ageMs / SECOND_MS), 's'),
    ...item(`${name}_checkpoints`, countedCheckpoints(row), ''),
    ...item(`${name}_size`, row.avhdx.bytes, 'B'),
  ];
}
