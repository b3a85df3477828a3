import { countTroubles } from '../trouble.ts';
import { SECOND_MS } from '../units.ts';
import { type AgentView, totals, type VmRow } from '../view.ts';
import type { CheckMetric, CheckOptions } from './options.ts';
import type { Perfdata } from './perfdata.ts';
import type { Scope } from './scope.ts';
import { measure } from './thresholds.ts';

/** The performance data of a check: always the same labels; what is not known is left out. */
export function checkPerfdata(
  view: AgentView,
  scope: Scope,
  options: CheckOptions,
  maxAgeMs: number,
): readonly Perfdata[] {
  const sum = totals(scope.rows);
  const found = countTroubles(scope.findings);
  const oldestMs = sum.oldestUserAgeMs;
  return [
    ...item(
      'oldest_age',
      oldestMs === null ? null : Math.floor(oldestMs / SECOND_MS),
      's',
      thresholdsOf('age', options),
    ),
    ...item('critical', found.critical, ''),
    ...item('warning', found.warning, ''),
    ...item('checkpoints', sum.allListed && scope.rows.length > 0 ? sum.checkpoints : null, ''),
    ...item('size', scope.rows.length > 0 ? sum.avhdx.bytes : null, 'B'),
    ...highest(scope.rows, options),
    ...scanAge(view, scope, maxAgeMs),
    ...(options.perfdataPerVm ? scope.rows.flatMap(perVm) : []),
  ];
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
    ...item(`${name}_checkpoints`, row.checkpointCount, ''),
    ...item(`${name}_size`, row.avhdx.bytes, 'B'),
  ];
}
