import type { DoctorFacts, Found } from './facts.ts';

/** From the worst to the best; in this order they are shown. */
export const DOCTOR_VERDICTS = ['problem', 'unknown', 'warning', 'ok'] as const;
export type DoctorVerdict = (typeof DOCTOR_VERDICTS)[number];

/** What one check found. */
export interface Judged {
  readonly verdict: DoctorVerdict;
  readonly text: string;
  /** How to mend it; `null` when there is nothing to mend. */
  readonly advice: string | null;
  /** More about it, a line each. */
  readonly details: readonly string[];
}

export interface DoctorCheck {
  readonly name: string;
  /** What it looks at, for docs/doctor.md. */
  readonly looksAt: string;
  /** When it is a problem and when a warning, for docs/doctor.md. */
  readonly minds: string;
  readonly isForWindows: boolean;
  readonly judge: (facts: DoctorFacts) => Judged;
}

export function ok(text: string, details: readonly string[] = []): Judged {
  return { verdict: 'ok', text, advice: null, details };
}

export function warning(text: string, advice: string, details: readonly string[] = []): Judged {
  return { verdict: 'warning', text, advice, details };
}

export function problem(text: string, advice: string, details: readonly string[] = []): Judged {
  return { verdict: 'problem', text, advice, details };
}

export function unknown(text: string, advice: string | null = null): Judged {
  return { verdict: 'unknown', text, advice, details: [] };
}

/** Judges a fact; without it nothing is known. */
export function whenKnown<T>(fact: Found<T>, judge: (value: T) => Judged): Judged {
  return fact.known ? judge(fact.value) : unknown(fact.why);
}
