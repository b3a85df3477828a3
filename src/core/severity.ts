/** `info` is shown and reported, but never a mail of its own and never an exit code. */
export const SEVERITIES = ['info', 'warning', 'critical'] as const;
export type Severity = (typeof SEVERITIES)[number];

/** Severities from the worst to the mildest. */
export const WORST_FIRST: readonly Severity[] = SEVERITIES.toReversed();

/** Negative when `a` is milder than `b`. */
export function compareSeverity(a: Severity, b: Severity): number {
  return SEVERITIES.indexOf(a) - SEVERITIES.indexOf(b);
}

/** The most severe of them, `null` for none. */
export function worstSeverity(severities: Iterable<Severity>): Severity | null {
  let worst: Severity | null = null;
  for (const severity of severities) {
    if (worst === null || compareSeverity(severity, worst) > 0) worst = severity;
  }
  return worst;
}
