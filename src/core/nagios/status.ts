/** The four answers of a monitoring plugin. */
export type NagiosStatus = 'OK' | 'WARNING' | 'CRITICAL' | 'UNKNOWN';

/** Exit codes by the Monitoring Plugins' development guidelines. */
export const EXIT_CODES: Readonly<Record<NagiosStatus, 0 | 1 | 2 | 3>> = {
  OK: 0,
  WARNING: 1,
  CRITICAL: 2,
  UNKNOWN: 3,
};

/** What could not be looked at must not hide behind a known warning. */
const WORST_FIRST: readonly NagiosStatus[] = ['CRITICAL', 'UNKNOWN', 'WARNING', 'OK'];

/** CRITICAL before UNKNOWN before WARNING before OK; OK for none. */
export function worstStatus(statuses: Iterable<NagiosStatus>): NagiosStatus {
  const all = new Set(statuses);
  return WORST_FIRST.find((status) => all.has(status)) ?? 'OK';
}

/** Negative when `a` is the worse. */
export function compareStatus(a: NagiosStatus, b: NagiosStatus): number {
  return WORST_FIRST.indexOf(a) - WORST_FIRST.indexOf(b);
}
