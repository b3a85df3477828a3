import { parseBytes, parseDuration, SECOND_MS } from '../units.ts';
import { isUpperLimit, parseRange, type Range } from './range.ts';

export const CHECK_METRICS = ['age', 'size', 'count'] as const;
export type CheckMetric = (typeof CHECK_METRICS)[number];

/** Thresholds of the caller's own, judged for each VM instead of the agent's findings. */
export interface CheckThresholds {
  readonly metric: CheckMetric;
  readonly warning: Range | null;
  readonly critical: Range | null;
}

export interface CheckOptions {
  /** `null`: the agent's findings decide. */
  readonly thresholds: CheckThresholds | null;
  /** Patterns of names; empty is all. */
  readonly vms: readonly string[];
  readonly hosts: readonly string[];
  /** What was scanned longer ago is UNKNOWN; `null` is three scan intervals. */
  readonly maxAgeMs: number | null;
  /** 0 troubles only, 1 with infos and advice, 2 every VM. */
  readonly verbosity: number;
  readonly maxLines: number;
  readonly perfdataPerVm: boolean;
}

export type ParsedCheckOptions =
  | { readonly ok: true; readonly options: CheckOptions }
  | { readonly ok: false; readonly problem: string };

/** Names that may be given; `vm` and `host` more than once. The same on the command line and in the query of /check. */
export const CHECK_PARAMETERS = [
  'warning',
  'critical',
  'metric',
  'vm',
  'host',
  'max-age',
  'max-lines',
  'perfdata-per-vm',
  'verbose',
] as const;

const MAX_PATTERNS = 100;
const MAX_PATTERN_LENGTH = 300;

/** Reads options given as names and values. The problem names the option and says what was expected. */
export function parseCheckOptions(pairs: Iterable<readonly [string, string]>): ParsedCheckOptions {
  const given = new Map<string, string[]>();
  for (const [name, value] of pairs) given.set(name, [...(given.get(name) ?? []), value]);
  const known: readonly string[] = CHECK_PARAMETERS;
  for (const [name, values] of given) {
    if (!known.includes(name)) return bad(`unknown option "${name}"`);
    if (values.length > 1 && name !== 'vm' && name !== 'host') return bad(`${name} was given more than once`);
  }
  const one = (name: (typeof CHECK_PARAMETERS)[number]): string | null => given.get(name)?.[0] ?? null;
  const thresholds = parseThresholds(one('metric'), one('warning'), one('critical'));
  if (!thresholds.ok) return thresholds;
  const maxAge = one('max-age');
  const maxAgeMs = maxAge === null ? null : parseDuration(maxAge);
  if (maxAge !== null && maxAgeMs === null)
    return bad(`max-age: "${maxAge}" is no duration such as 45m or 2h`);
  const maxLines = wholeNumber(one('max-lines') ?? '20');
  if (maxLines === null) return bad(`max-lines: "${one('max-lines')}" is no whole number`);
  const verbosity = wholeNumber(one('verbose') ?? '0');
  if (verbosity === null) return bad(`verbose: "${one('verbose')}" is no whole number`);
  const vms = given.get('vm') ?? [];
  const hosts = given.get('host') ?? [];
  const patterns = [...vms, ...hosts];
  if (patterns.length > MAX_PATTERNS) return bad(`more than ${MAX_PATTERNS} patterns for vm and host`);
  if (patterns.some((pattern) => pattern === '' || pattern.length > MAX_PATTERN_LENGTH)) {
    return bad(`vm and host take patterns of 1 to ${MAX_PATTERN_LENGTH} characters`);
  }
  const perfdataPerVm = !['', '0', 'false'].includes(one('perfdata-per-vm') ?? '');
  return {
    ok: true,
    options: { thresholds: thresholds.thresholds, vms, hosts, maxAgeMs, verbosity, maxLines, perfdataPerVm },
  };
}

type ParsedThresholds =
  | { readonly ok: true; readonly thresholds: CheckThresholds | null }
  | { readonly ok: false; readonly problem: string };

function parseThresholds(
  metricText: string | null,
  warningText: string | null,
  criticalText: string | null,
): ParsedThresholds {
  const metric = CHECK_METRICS.find((each) => each === (metricText ?? 'age'));
  if (metric === undefined) return bad(`metric: "${metricText}" is none of ${CHECK_METRICS.join(', ')}`);
  if (warningText === null && criticalText === null) {
    return metricText === null ? { ok: true, thresholds: null } : bad('metric needs -w or -c');
  }
  const ranges: (Range | null)[] = [];
  for (const [name, text] of [
    ['warning', warningText],
    ['critical', criticalText],
  ] as const) {
    const parsed = text === null ? null : parseRange(text, UNIT_PARSERS[metric], EXPECTED[metric]);
    if (parsed !== null && !parsed.ok) return bad(`${name}: ${parsed.problem}`);
    ranges.push(parsed?.range ?? null);
  }
  const [warning = null, critical = null] = ranges;
  if (isNeverWarning(warning, critical)) {
    return bad(`warning ${warning?.text} is above critical ${critical?.text}: it would never warn`);
  }
  return { ok: true, thresholds: { metric, warning, critical } };
}

/** Told of simple limits alone; for other ranges the caller is trusted to know. */
function isNeverWarning(warning: Range | null, critical: Range | null): boolean {
  if (warning === null || critical === null) return false;
  return isUpperLimit(warning) && isUpperLimit(critical) && warning.end > critical.end;
}

const UNIT_PARSERS: Readonly<Record<CheckMetric, (text: string) => number | null>> = {
  age: (text) => {
    const ms = parseDuration(text);
    return ms === null ? null : ms / SECOND_MS;
  },
  size: parseBytes,
  count: () => null,
};

const EXPECTED: Readonly<Record<CheckMetric, string>> = {
  age: 'age such as 3d or 1d12h:7d',
  size: 'size such as 50GiB or 10GiB:200GiB',
  count: 'count such as 3 or 0:10',
};

function wholeNumber(text: string): number | null {
  return /^\d{1,9}$/.test(text) ? Number(text) : null;
}

function bad(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
