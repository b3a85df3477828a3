/** Takes secrets out of texts and of values with texts in them. */
export interface Scrubber {
  text(text: string): string;
  /** Texts at any depth; keys stay. */
  value(value: unknown): unknown;
}

const SECRET = '<secret>';
/** Shorter ones would take half of every file with them; they are written nowhere all the same. */
const SHORTEST = 3;

/** What looks like a secret, whosever it is. */
const PATTERNS: readonly (readonly [pattern: RegExp, replacement: string])[] = [
  [/\b(bearer|basic|negotiate|ntlm|digest)(\s+)[A-Za-z0-9+/=._~-]{6,}/gi, `$1$2${SECRET}`],
  [/\b(auth\s+(?:plain|login|xoauth2|cram-md5)\s+)\S+/gi, `$1${SECRET}`],
  [/([a-z][a-z0-9+.-]{0,20}:\/\/)[^\s/@"']{1,500}@/gi, `$1${SECRET}@`],
  [
    /((?:password|passwd|passwort|kennwort|pwd|secret|token|api[_-]?key|access[_-]?key|authorization|credentials?)["']?\s*[:=]\s*["']?)(?!<secret>|bearer\b|basic\b)[^\s"',;}\]]+/gi,
    `$1${SECRET}`,
  ],
  [/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g, SECRET],
];

/** @param secrets that are known, with the users they belong to */
export function createScrubber(secrets: readonly KnownSecret[]): Scrubber {
  const known = [...new Set(secrets.flatMap(formsOf))]
    .filter((form) => form.length >= SHORTEST)
    .sort((a, b) => b.length - a.length);
  const text = (from: string): string => {
    const without = known.reduce((rest, form) => rest.replaceAll(form, SECRET), from);
    return PATTERNS.reduce((rest, [pattern, replacement]) => rest.replace(pattern, replacement), without);
  };
  const value = (from: unknown): unknown => {
    if (typeof from === 'string') return text(from);
    if (Array.isArray(from)) return from.map(value);
    if (typeof from !== 'object' || from === null) return from;
    return Object.fromEntries(Object.entries(from).map(([key, each]) => [key, value(each)]));
  };
  return { text, value };
}

export interface KnownSecret {
  readonly user: string | null;
  readonly value: string;
}

/** As it may stand in a text: itself, escaped, and as it goes over the wire. */
function formsOf({ user, value }: KnownSecret): readonly string[] {
  const base64 = (text: string): readonly string[] => {
    const whole = Buffer.from(text).toString('base64');
    return [whole, whole.replace(/=+$/, ''), Buffer.from(text).toString('base64url')];
  };
  const name = user ?? '';
  return [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value.toWellFormed()),
    value.replaceAll("'", "''"),
    ...base64(value),
    ...base64(`\0${name}\0${value}`),
    ...base64(`${name}\0${name}\0${value}`),
    ...base64(`${name}:${value}`),
  ];
}
