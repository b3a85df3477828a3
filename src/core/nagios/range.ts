/** A range of the Monitoring Plugins: a value outside it alerts, or, with `inside`, one within it, ends included. */
export interface Range {
  readonly start: number;
  readonly end: number;
  readonly inside: boolean;
  /** As it was written. */
  readonly text: string;
}

export type ParsedRange =
  | { readonly ok: true; readonly range: Range }
  | { readonly ok: false; readonly problem: string };

/**
 * Reads `[@][start:][end]`, as in `10`, `10:`, `~:10`, `10:20`, `@10:20`. Beside plain numbers, which are in the base
 * unit, it takes whatever `parseUnit` reads, such as `3d` or `50GiB`.
 * @param parseUnit gives `null` for texts it cannot read
 */
export function parseRange(text: string, parseUnit: (text: string) => number | null): ParsedRange {
  const trimmed = text.trim();
  const inside = trimmed.startsWith('@');
  const parts = (inside ? trimmed.slice(1) : trimmed).split(':');
  const [first = '', second] = parts;
  const problem = (why: string): ParsedRange => ({ ok: false, problem: `"${text}" is no range: ${why}` });
  if (parts.length > 2) return problem('more than one colon');
  if (first === '' && (second ?? '') === '') return problem('it is empty');
  const bound = (part: string): number | null => (NUMBER.test(part) ? Number(part) : parseUnit(part));
  const start = second === undefined || first === '' ? 0 : first === '~' ? -Infinity : bound(first);
  const endText = second ?? first;
  const end = endText === '' ? Infinity : bound(endText);
  if (start === null) return problem(`"${first}" is not understood`);
  if (end === null) return problem(`"${endText}" is not understood`);
  if (start > end) return problem('it starts above its end');
  return { ok: true, range: { start, end, inside, text: trimmed } };
}

const NUMBER = /^-?\d+(?:\.\d+)?$/;

/** Whether a value alerts. */
export function isAlert({ start, end, inside }: Range, value: number): boolean {
  return (value >= start && value <= end) === inside;
}

/** Whether every value from this one on upwards alerts: then it need not be known exactly. */
export function isAlertFrom({ start, end, inside }: Range, value: number): boolean {
  return inside ? value >= start && end === Infinity : value > end;
}

/** The range in base units, for performance data. */
export function formatRange({ start, end, inside }: Range, formatNumber: (value: number) => string): string {
  const from = start === 0 ? '' : start === -Infinity ? '~:' : `${formatNumber(start)}:`;
  const to = end === Infinity ? '' : formatNumber(end);
  // Without an end, the start must be written even when it is 0.
  return `${inside ? '@' : ''}${from === '' && to === '' ? '0:' : from}${to}`;
}
