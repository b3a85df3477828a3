export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;
export const WEEK_MS = 7 * DAY_MS;

export const KIB = 1024;
export const MIB = 1024 * KIB;
export const GIB = 1024 * MIB;
export const TIB = 1024 * GIB;

const DURATION_UNITS: readonly (readonly [unit: string, ms: number])[] = [
  ['w', WEEK_MS],
  ['d', DAY_MS],
  ['h', HOUR_MS],
  ['m', MINUTE_MS],
  ['s', SECOND_MS],
  ['ms', 1],
];

const DURATION = /^(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?(?:(\d+)ms)?$/;

/**
 * Reads `36h`, `3d`, `1d12h30m`: Prometheus' syntax, units from large to small.
 * @returns milliseconds, or `null` when the text is no duration.
 */
export function parseDuration(text: string): number | null {
  const match = DURATION.exec(text.trim());
  if (match === null || match[0] === '') return null;
  let totalMs = 0;
  for (const [index, [, unitMs]] of DURATION_UNITS.entries()) {
    totalMs += Number(match[index + 1] ?? 0) * unitMs;
  }
  return Number.isSafeInteger(totalMs) ? totalMs : null;
}

/** The inverse of `parseDuration`: the shortest exact form, such as `1d12h`; `0s` for zero. */
export function formatDurationExact(ms: number): string {
  let rest = ms;
  let text = '';
  for (const [unit, unitMs] of DURATION_UNITS) {
    if (unit === 'w') continue;
    const count = Math.floor(rest / unitMs);
    rest -= count * unitMs;
    if (count > 0) text += `${count}${unit}`;
  }
  return text === '' ? '0s' : text;
}

/** A duration for people, in two units at most: `12d 4h`, `3h 12m`, `45s`. Rounded down. */
export function formatAge(ms: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['d', DAY_MS],
    ['h', HOUR_MS],
    ['m', MINUTE_MS],
    ['s', SECOND_MS],
  ];
  const at = units.findIndex(([, unitMs]) => ms >= unitMs);
  const major = units[at];
  if (major === undefined) return '0s';
  const count = Math.floor(ms / major[1]);
  const minor = units[at + 1];
  // A third of a year and more is told in days alone.
  if (minor === undefined || (major[0] === 'd' && count >= 100)) return `${count}${major[0]}`;
  const minorCount = Math.floor((ms - count * major[1]) / minor[1]);
  return minorCount === 0 ? `${count}${major[0]}` : `${count}${major[0]} ${minorCount}${minor[0]}`;
}

/** An age above a limit, such as `3d 2h`, or `just over 3d` where rounding would make it look like the limit itself. */
export function formatAgeAbove(ms: number, limitMs: number): string {
  const text = formatAge(ms);
  return text === formatAge(limitMs) ? `just over ${text}` : text;
}

const BYTE_UNITS: Readonly<Record<string, number>> = {
  b: 1,
  kib: KIB,
  mib: MIB,
  gib: GIB,
  tib: TIB,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
};

/**
 * Reads `50GiB` (1024-based) and `10GB` (1000-based), with an optional fraction.
 * @returns bytes, or `null` when the text is no size.
 */
export function parseBytes(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*([kmgt]i?b|b)$/i.exec(text.trim());
  const unit = match === null ? undefined : BYTE_UNITS[(match[2] ?? '').toLowerCase()];
  if (match === null || unit === undefined) return null;
  const bytes = Math.round(Number(match[1]) * unit);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** The inverse of `parseBytes`: exact, in the largest 1024-based unit that divides evenly. */
export function formatBytesExact(bytes: number): string {
  for (const [unit, size] of [
    ['TiB', TIB],
    ['GiB', GIB],
    ['MiB', MIB],
    ['KiB', KIB],
  ] as const) {
    if (bytes >= size && bytes % size === 0) return `${bytes / size}${unit}`;
  }
  return `${bytes}B`;
}

/** A limit for people: exact like `formatBytesExact`, with a blank, such as `200 GiB`. */
export function formatByteLimit(bytes: number): string {
  return formatBytesExact(bytes).replace(/(?<=\d)(?=[A-Z])/, ' ');
}

/** A size for people: `301.2 GiB`, `4.0 MiB`, `0 B`. One decimal, 1024-based. */
export function formatBytes(bytes: number): string {
  const units: readonly (readonly [string, number])[] = [
    ['TiB', TIB],
    ['GiB', GIB],
    ['MiB', MIB],
    ['KiB', KIB],
  ];
  // A value that would round up to 1024.0 belongs to the next unit.
  const unit = units.find(([, size]) => bytes >= size * 0.99995);
  if (unit === undefined) return `${bytes} B`;
  return `${(bytes / unit[1]).toFixed(1)} ${unit[0]}`;
}

/** Reads `10%` as 0.1; `null` when the text is no percentage between 0 and 100. */
export function parsePercent(text: string): number | null {
  const match = /^(\d+(?:\.\d+)?)\s*%$/.exec(text.trim());
  if (match === null) return null;
  const percent = Number(match[1]);
  return percent <= 100 ? percent / 100 : null;
}

/** A ratio as `10%`, with at most one decimal. */
export function formatPercent(ratio: number): string {
  return `${Number((ratio * 100).toFixed(1))}%`;
}

/** `1 checkpoint`, `2 checkpoints`. */
export function count(n: number, singular: string, plural = `${singular}s`): string {
  return `${n} ${n === 1 ? singular : plural}`;
}
