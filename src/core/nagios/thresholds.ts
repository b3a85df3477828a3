import { plainText } from '../render/plain-text.ts';
import { count, formatAge, formatByteLimit, formatBytes, formatDurationExact, SECOND_MS } from '../units.ts';
import { isUsers, type VmRow } from '../view.ts';
import type { CheckMetric, CheckThresholds } from './options.ts';
import { isAlert, isAlertFrom, rangeText } from './range.ts';
import type { NagiosStatus } from './status.ts';
import type { CheckTrouble } from './troubles.ts';

/** What a metric says about one VM, in base units (seconds, bytes, a count). */
export interface Measured {
  /** `null`: nothing to measure, or not known. */
  readonly value: number | null;
  /** Known from below, when the value is not known. */
  readonly atLeast: number | null;
}

/**
 * Judges each VM by the caller's own thresholds. What is not known is UNKNOWN; what is known of it can be too much all
 * the same, and then the VM has a line of both.
 */
export function thresholdTroubles(
  rows: readonly VmRow[],
  thresholds: CheckThresholds,
): readonly CheckTrouble[] {
  const found = rows.flatMap((row) => {
    const measured = measure(row, thresholds.metric);
    return judge(measured, thresholds).map((status) => ({ row, measured, status }));
  });
  const bySize = (a: Measured, b: Measured): number =>
    (b.value ?? b.atLeast ?? 0) - (a.value ?? a.atLeast ?? 0);
  return found
    .sort((a, b) => bySize(a.measured, b.measured))
    .map(({ row, measured, status }) => trouble(row, measured, status, thresholds));
}

/** The metric of a VM: age of its oldest user checkpoint, all its AVHDX bytes, or its checkpoints without replica's. */
export function measure(row: VmRow, metric: CheckMetric): Measured {
  switch (metric) {
    case 'age':
      return measureAge(row);
    case 'size':
      return { value: row.avhdx.bytes, atLeast: row.avhdx.bytes === null ? row.avhdx.atLeastBytes : null };
    case 'count': {
      const checkpoints = row.vm.checkpoints?.filter(({ kind }) => kind !== 'replica');
      return checkpoints === undefined
        ? { value: null, atLeast: 0 }
        : { value: checkpoints.length, atLeast: null };
    }
  }
}

function measureAge(row: VmRow): Measured {
  const seconds = row.oldestUserAgeMs === null ? null : Math.floor(row.oldestUserAgeMs / SECOND_MS);
  const users = row.vm.checkpoints?.filter(isUsers);
  const allKnown = users?.every(({ createdAt }) => createdAt !== null) ?? false;
  if (allKnown) return { value: seconds, atLeast: null };
  return { value: null, atLeast: seconds ?? 0 };
}

/** What is raised; empty when all is well. */
function judge(
  { value, atLeast }: Measured,
  { warning, critical }: CheckThresholds,
): readonly NagiosStatus[] {
  if (atLeast !== null) {
    if (critical !== null && isAlertFrom(critical, atLeast)) return ['CRITICAL'];
    if (warning === null || !isAlertFrom(warning, atLeast)) return ['UNKNOWN'];
    // The rest may be critical, unless nothing is.
    return critical === null ? ['WARNING'] : ['UNKNOWN', 'WARNING'];
  }
  // A VM without any user checkpoint has no age, and nothing is wrong with that.
  if (value === null) return [];
  if (critical !== null && isAlert(critical, value)) return ['CRITICAL'];
  return warning !== null && isAlert(warning, value) ? ['WARNING'] : [];
}

function trouble(
  row: VmRow,
  measured: Measured,
  status: NagiosStatus,
  { metric, warning, critical }: CheckThresholds,
): CheckTrouble {
  const { vm, host } = row;
  const limit = status === 'CRITICAL' ? critical : status === 'WARNING' ? warning : null;
  const allowed = limit === null ? '' : ` (${rangeText(limit, LIMITS[metric])})`;
  const text = measuredText(measured, metric);
  return {
    status,
    thing: `${host.host}\n${vm.id}`,
    isVm: true,
    short: [`${plainText(vm.name, 24)} ${text}`],
    long: `${vm.name} on ${host.host}: ${SUBJECTS[metric]}${text}${allowed}`,
    advice: [],
  };
}

const LIMITS: Readonly<Record<CheckMetric, (value: number) => string>> = {
  age: (seconds) => formatDurationExact(seconds * SECOND_MS),
  size: formatByteLimit,
  count: String,
};

const SUBJECTS: Readonly<Record<CheckMetric, string>> = {
  age: 'oldest user checkpoint ',
  size: 'AVHDX files ',
  count: '',
};

function measuredText({ value, atLeast }: Measured, metric: CheckMetric): string {
  const known = value ?? atLeast;
  if (known === null || (value === null && known === 0)) return NOT_KNOWN[metric];
  const prefix = value === null ? 'at least ' : '';
  switch (metric) {
    case 'age':
      return prefix + formatAge(known * SECOND_MS);
    case 'size':
      return prefix + formatBytes(known);
    case 'count':
      return prefix + count(known, 'checkpoint');
  }
}

const NOT_KNOWN: Readonly<Record<CheckMetric, string>> = {
  age: 'age unknown',
  size: 'not measured',
  count: 'checkpoints not listed',
};
