import { type Finding, findingKey } from '../finding.ts';
import type { Instant } from '../model.ts';
import { compareSeverity } from '../severity.ts';
import { compareFindings } from '../trouble.ts';
import { DAY_MS } from '../units.ts';
import { compareText } from '../view.ts';
import type { Alert, Told } from './alert.ts';
import { looksToEnd, type Observation } from './completeness.ts';

/**
 * How long an alert must stay milder than people were told before "worse" can be told again. Shorter, and a value that
 * swings around its limit would mail at every swing; without an end, a second crisis would pass in silence.
 */
export const RELENT_AFTER_MS = DAY_MS;

/**
 * Folds one look at all hosts into the alerts. The order of alerts and findings does not matter; the result is sorted
 * by key. What people were told is changed by `markNotified` alone, except that it fades (`RELENT_AFTER_MS`).
 */
export function observe(alerts: readonly Alert[], observation: Observation, now: Instant): readonly Alert[] {
  const raised = worstByKey(observation.findings);
  const known = new Set(alerts.map(({ key }) => key));
  const continued = alerts.flatMap((alert) => {
    const finding = raised.get(alert.key);
    return finding === undefined
      ? missed(alert, observation, now)
      : [seen(alert, stillExcepted(alert, finding, { observation, now }), now)];
  });
  const begun = [...raised.entries()].flatMap(([key, finding]) =>
    known.has(key) ? [] : [begin(key, finding, now)],
  );
  return [...continued, ...begun].sort((a, b) => compareText(a.key, b.key));
}

/** One finding for each alert. A VM seen twice while it moves may raise the same one twice. */
function worstByKey(findings: readonly Finding[]): ReadonlyMap<string, Finding> {
  const byKey = new Map<string, Finding>();
  for (const finding of findings.toSorted(compareFindings)) {
    if (finding.severity === 'info') continue;
    const key = findingKey(finding);
    if (!byKey.has(key)) byKey.set(key, finding);
  }
  return byKey;
}

function begin(key: string, finding: Finding, now: Instant): Alert {
  return {
    key,
    finding,
    startedAt: now,
    lastSeenAt: now,
    absences: 0,
    absentAt: null,
    endedAt: null,
    milderSince: null,
    told: null,
  };
}

/** What an exception covered is not news because it could not be read which exception that is; until its end. */
function stillExcepted(
  { finding: before }: Alert,
  finding: Finding,
  { observation, now }: { readonly observation: Observation; readonly now: Instant },
): Finding {
  const { exception } = before;
  if (exception === null || finding.exception !== null || now >= exception.untilAt) return finding;
  return observation.mayBeExcepted(finding, exception) ? { ...finding, exception } : finding;
}

/** An alert that ended but was not told so simply goes on: people never heard of the pause. */
function seen(alert: Alert, finding: Finding, now: Instant): Alert {
  const told = toldOf(alert, finding);
  const open = { ...alert, finding, told, lastSeenAt: now, absences: 0, absentAt: null, endedAt: null };
  if (told === null || compareSeverity(finding.severity, told.severity) >= 0) {
    return { ...open, milderSince: null };
  }
  // Never later than now: by a clock that was ahead it would not fade until that time comes again.
  const milderSince = Math.min(alert.milderSince ?? now, now);
  if (now - milderSince < RELENT_AFTER_MS) return { ...open, milderSince };
  return { ...open, milderSince: null, told: { ...told, severity: finding.severity } };
}

/** What was told before an exception covered it is old news when that ends, but its end is still owed. */
function toldOf({ told }: Alert, { exception }: Finding): Told | null {
  return told === null || exception === null ? told : { ...told, wasExcepted: true };
}

function missed(alert: Alert, observation: Observation, now: Instant): readonly Alert[] {
  if (alert.endedAt !== null) return [alert];
  const absentAt = observation.provenAbsentAt(alert.finding);
  if (absentAt === null || absentAt === alert.absentAt) return [alert];
  const absent = { ...alert, absences: alert.absences + 1, absentAt };
  if (absent.absences < looksToEnd(alert.finding.rule)) return [absent];
  // Nobody is told the end of something whose beginning they never heard of.
  return alert.told === null ? [] : [{ ...absent, endedAt: now }];
}
