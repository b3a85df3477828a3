import type { Perfdata } from './perfdata.ts';
import { EXIT_CODES, type NagiosStatus } from './status.ts';

/** What a check found, before it is put into a plugin's output. */
export interface CheckResult {
  readonly status: NagiosStatus;
  readonly headline: Headline;
  readonly lines: readonly CheckLine[];
  readonly perfdata: readonly Perfdata[];
  readonly maxLines: number;
}

/** What matters most, then the other thing to know. Each in several wordings, the longest first; texts are not cleaned yet. */
export interface Headline {
  readonly first: readonly string[];
  /** Empty when there is nothing else. */
  readonly last: readonly string[];
  /** Said behind all of that where there is room; `null` when there is nothing more. */
  readonly note: string | null;
  /** Said in full on the second line when the first could not; `null` when the other lines say it anyway. */
  readonly full: string | null;
}

export interface CheckLine {
  /** `INFO` for what is only worth knowing, `EXCEPTED` for what raises nothing; `null` for a line that judges nothing. */
  readonly status: NagiosStatus | 'INFO' | 'EXCEPTED' | null;
  readonly text: string;
}

/**
 * An answer without a look: wrong options, no agent, no scan yet.
 * @param short the problem in fewer words, for a first line that has no room for all
 */
export function unknownResult(
  problem: string,
  advice: readonly string[] = [],
  short: string = problem,
): CheckResult {
  return {
    status: 'UNKNOWN',
    headline: { first: [problem, short], last: [], note: null, full: problem },
    lines: advice.map((text) => ({ status: null, text })),
    perfdata: [],
    maxLines: 20,
  };
}

/** 0, 1, 2 or 3. */
export function exitCode({ status }: CheckResult): 0 | 1 | 2 | 3 {
  return EXIT_CODES[status];
}

/** The header of an answer of /check that carries the exit code of the `check` command. */
export const EXIT_CODE_HEADER = 'Check-Exit-Code';
