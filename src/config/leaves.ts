import { type DeclaredEnd, readDeclarations } from '../core/policy/lifetime/declaration.ts';
import type { SizeLimit } from '../core/rules/rule.ts';
import { suggest } from '../core/suggest.ts';
import {
  formatBytesExact,
  formatDurationExact,
  HOUR_MS,
  parseBytes,
  parseDuration,
  parsePercent,
} from '../core/units.ts';
import { MAX_PATTERN_LENGTH } from '../core/wildcard.ts';
import type { LeafSpec } from './leaf.ts';

/** As `parseDuration` reads them. */
export const DURATION_PATTERN = '^(?=.)(\\d+w)?(\\d+d)?(\\d+h)?(\\d+m)?(\\d+s)?(\\d+ms)?$';
/** As `parseBytes` reads them. */
export const SIZE_PATTERN = '^\\d+(\\.\\d+)?\\s*([kKmMgGtT][iI]?[bB]|[bB])$';
/** As `parsePercent` reads them. */
export const PERCENT_PATTERN = '^\\d+(\\.\\d+)?\\s*%$';

/** A stretch of time, in milliseconds. */
export const DURATION: LeafSpec<number> = {
  title: 'duration',
  expected: 'a duration such as 36h, 3d or 1d12h',
  json: { type: 'string', pattern: DURATION_PATTERN },
  read: (value) => (typeof value === 'string' ? (parseDuration(value) ?? undefined) : undefined),
  hint: unitHint,
};

/** A duration from `minMs` to `maxMs`. */
export function durationBetween(minMs: number, maxMs: number): LeafSpec<number> {
  const range = `from ${formatDurationExact(minMs)} to ${formatDurationExact(maxMs)}`;
  const example = minMs < HOUR_MS ? '90s or 15m' : '36h or 90d';
  return {
    ...DURATION,
    expected: `a duration ${range}, such as ${example}`,
    read: (value) => between(DURATION.read(value), minMs, maxMs),
  };
}

/** A size from `min` to `max`, in bytes. */
export function bytesBetween(min: number, max: number): LeafSpec<number> {
  return {
    title: 'size',
    expected: `a size from ${formatBytesExact(min)} to ${formatBytesExact(max)}, such as 64MiB`,
    json: { type: 'string', pattern: SIZE_PATTERN },
    read: (value) =>
      typeof value === 'string' ? between(parseBytes(value) ?? undefined, min, max) : undefined,
    hint: unitHint,
  };
}

/** A limit for sizes: absolute, relative or both. */
export const SIZE_LIMIT: LeafSpec<SizeLimit> = {
  title: 'size, percentage or both',
  expected: 'a size such as 50GiB, a percentage such as 10%, or both as [50GiB, 10%]',
  json: {
    anyOf: [
      { type: 'string', pattern: SIZE_PATTERN },
      { type: 'string', pattern: PERCENT_PATTERN },
      { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 2 },
    ],
  },
  read: readSizeLimit,
  hint: unitHint,
};

/** A whole number from `min` to `max`. */
export function integerBetween(min: number, max: number): LeafSpec<number> {
  return {
    title: 'number',
    expected: `a whole number from ${min} to ${max}`,
    json: { type: 'integer', minimum: min, maximum: max },
    read: (value) =>
      Number.isInteger(value) && typeof value === 'number' ? between(value, min, max) : undefined,
    hint: (value) => (typeof value === 'string' && /^\d+$/.test(value) ? 'leave the quotes out' : null),
  };
}

/** One word of a short list. */
export function oneOf<const T extends string>(values: readonly T[]): LeafSpec<T> {
  return {
    title: values.join(', '),
    expected: `one of ${values.join(', ')}`,
    json: { type: 'string', enum: [...values] },
    read: (value) => values.find((candidate) => candidate === value),
    hint(value) {
      const meant = typeof value === 'string' ? suggest(value, values) : null;
      return meant === null ? null : `did you mean "${meant}"?`;
    },
  };
}

/** `true` or `false`. */
export const BOOLEAN: LeafSpec<boolean> = {
  title: 'true, false',
  expected: 'true or false',
  json: { type: 'boolean' },
  read: (value) => (typeof value === 'boolean' ? value : undefined),
  hint: (value) =>
    typeof value === 'string' && /^(yes|no|on|off|true|false)$/i.test(value)
      ? 'write true or false, without quotes'
      : null,
};

/** A list of words out of a few; one alone needs no list, and the list may be empty. */
export function words<const T extends string>(known: readonly T[]): LeafSpec<readonly T[]> {
  const one = oneOf(known);
  return {
    title: `list of ${known.join(', ')}`,
    expected: `a list of ${known.join(', ')}`,
    json: {
      anyOf: [
        { type: 'string', enum: [...known] },
        { type: 'array', items: { type: 'string', enum: [...known] } },
      ],
    },
    read(value) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      const found = items.flatMap((item) => one.read(item) ?? []);
      return found.length === items.length ? found : undefined;
    },
    hint(value) {
      const items: readonly unknown[] = Array.isArray(value) ? value : [value];
      return items.map((item) => one.hint?.(item) ?? null).find((hint) => hint !== null) ?? null;
    },
  };
}

const LONGEST_TEXT = 1024;
/** C0, DEL and C1 controls, and the two line separators of Unicode. */
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

/** Any text on one line; `expected` completes "is not …". */
export function text(title: string, expected: string): LeafSpec<string> {
  return {
    title,
    expected,
    json: { type: 'string', minLength: 1, maxLength: LONGEST_TEXT },
    read: (value) =>
      typeof value === 'string' && value.trim() !== '' && value.length <= LONGEST_TEXT && !CONTROL.test(value)
        ? value
        : undefined,
    hint(value) {
      if (typeof value !== 'string') return null;
      return CONTROL.test(value)
        ? 'it holds a control character; in double quotes a backslash begins an escape, so write paths and DOMAIN\\user in single quotes'
        : null;
    },
  };
}

/** A path of a file or folder. */
export const PATH: LeafSpec<string> = text(
  'path',
  "a path such as 'C:\\ProgramData\\hyperv-checkpoint-agent\\secrets\\smtp'",
);

/** A list of texts; one alone needs no list. What the texts must be is for the checks to say. */
export function texts(expected: string): LeafSpec<readonly string[]> {
  return {
    title: 'list',
    expected,
    json: {
      anyOf: [{ type: 'string' }, { type: 'array', items: { type: 'string' }, minItems: 1, maxItems: 1000 }],
    },
    read(value) {
      if (typeof value === 'string') return [value];
      if (!Array.isArray(value) || value.length === 0 || value.length > 1000) return undefined;
      return value.every((item) => typeof item === 'string') ? value : undefined;
    },
  };
}

/** A pattern, or a list of them. */
export const PATTERNS: LeafSpec<readonly string[]> = {
  title: 'patterns',
  expected: `a pattern such as SQL*, or a list of them, of ${MAX_PATTERN_LENGTH} characters at most`,
  json: {
    anyOf: [
      { type: 'string', minLength: 1, maxLength: MAX_PATTERN_LENGTH },
      {
        type: 'array',
        items: { type: 'string', minLength: 1, maxLength: MAX_PATTERN_LENGTH },
        minItems: 1,
        maxItems: 1000,
      },
    ],
  },
  read(value) {
    const list = texts('').read(value);
    return list?.every((item) => whyNoPattern(item) === null) ? list : undefined;
  },
  hint(value) {
    if (!Array.isArray(value)) return whyNoPattern(value);
    const wrong = value.findIndex((item) => whyNoPattern(item) !== null);
    return wrong < 0 ? null : `item ${wrong + 1} is none: ${whyNoPattern(value[wrong])}`;
  },
};

function whyNoPattern(value: unknown): string | null {
  if (typeof value === 'number' || typeof value === 'boolean') return `put ${String(value)} in quotes`;
  if (typeof value !== 'string') return 'it is no text';
  if (value === '') return 'it is empty';
  if (value.length > MAX_PATTERN_LENGTH) return `it has ${value.length} characters`;
  return CONTROL.test(value) ? 'it holds a control character' : null;
}

/** A day, or a moment of one, as text; whether there is such a day is for the reader to say. */
export const UNTIL: LeafSpec<DeclaredEnd> = {
  title: 'date',
  expected: 'a date such as 2026-12-31 or "2026-12-31 18:00"',
  json: { type: 'string', minLength: 8, maxLength: 40 },
  read(value) {
    if (typeof value !== 'string' || value.length > 40) return undefined;
    const { ends, unreadable } = readUntil(value);
    const [end] = ends;
    // What stands behind the date was meant to say something, such as a time zone that is not known.
    const isWhole = end?.text.length === UNTIL_KEYWORD.length + value.trim().length;
    return end !== undefined && isWhole && unreadable.length === 0 && end.type === 'until' ? end : undefined;
  },
  hint(value) {
    if (typeof value === 'number') return 'write it with hyphens';
    if (typeof value !== 'string') return null;
    if (parseDuration(value) !== null) return 'an exception ends on a day: write which';
    const [unreadable] = readUntil(value).unreadable;
    if (unreadable === undefined) return 'something stands behind the date that cannot be read';
    return /^no date/.test(unreadable.why)
      ? 'an exception must end: give the day on which somebody is to look again'
      : unreadable.why;
  },
};

const UNTIL_KEYWORD = 'keep-until=';

function readUntil(value: string): ReturnType<typeof readDeclarations> {
  return readDeclarations(`${UNTIL_KEYWORD}${value.trim()}`, 'checkpoint-notes');
}

/** An address to listen at. */
export const LISTEN: LeafSpec<{ readonly host: string; readonly port: number }> = {
  title: 'address:port',
  expected: 'an address and a port such as 127.0.0.1:9753 or [::1]:9753',
  json: { type: 'string', pattern: '^(\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._-]+):\\d{1,5}$' },
  read: readListen,
  hint: (value) =>
    typeof value === 'string' && /^:\d+$/.test(value) ? `0.0.0.0${value} listens on every address` : null,
};

/** The address people open in a browser, without a slash at its end. */
export const WEB_URL: LeafSpec<string> = {
  title: 'URL',
  expected: 'an http or https URL without user name or query, such as https://hv-mon.example.com:9753',
  json: { type: 'string', pattern: '^https?://' },
  read: readUrl,
  // Before an @ there may be a password.
  isSensitive: (value) => typeof value === 'string' && value.includes('@'),
};

function between(value: number | undefined, min: number, max: number): number | undefined {
  return value !== undefined && value >= min && value <= max ? value : undefined;
}

function unitHint(value: unknown): string | null {
  return typeof value === 'number' ? 'the unit is missing' : null;
}

function readSizeLimit(value: unknown): SizeLimit | undefined {
  const parts: readonly unknown[] = Array.isArray(value) ? value : [value];
  let bytes: number | null = null;
  let ratio: number | null = null;
  for (const part of parts) {
    if (typeof part !== 'string') return undefined;
    const asBytes = parseBytes(part);
    const asRatio = parsePercent(part);
    if (asBytes !== null && bytes === null) bytes = asBytes;
    else if (asRatio !== null && ratio === null) ratio = asRatio;
    else return undefined;
  }
  return bytes === null && ratio === null ? undefined : { bytes, ratio };
}

function readListen(value: unknown): { readonly host: string; readonly port: number } | undefined {
  if (typeof value !== 'string') return undefined;
  const match = /^(?:\[([0-9A-Fa-f:.]{2,45})\]|([A-Za-z0-9._-]{1,253})):(\d{1,5})$/.exec(value);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  return host === undefined || port > 65_535 ? undefined : { host, port };
}

function readUrl(value: unknown): string | undefined {
  if (typeof value !== 'string' || value.length > LONGEST_TEXT || CONTROL.test(value)) return undefined;
  const url = URL.parse(value);
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}
