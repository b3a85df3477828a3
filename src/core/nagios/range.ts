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
 * @param expected what a bound is, for the problem: `"3x" is no …`
 */
export function parseRange(
  text: string,
  parseUnit: (text: string) => number | null,
  expected = 'number',
): ParsedRange {
  const trimmed = text.trim();
  const inside = trimmed.startsWith('@');
  const parts = (inside ? trimmed.slice(1) : trimmed).split(':');
  const [first = '', second] = parts;
  const problem = (why: string): ParsedRange => ({ ok: false, problem: `"${text}" ${why}` });
  const noBound = (part: string): ParsedRange => ({
    ok: false,
    problem: `${part === text ? '' : `"${part}" in `}"${text}" is no ${expected}`,
  });
  if (parts.length > 2) return problem('has more than one colon');
  if (first === '' && (second ?? '') === '') return problem('is an empty range');
  const bound = (part: string): number | null => (NUMBER.test(part) ? Number(part) : parseUnit(part));
  const start = second === undefined || first === '' ? 0 : first === '~' ? -Infinity : bound(first);
  const endText = second ?? first;
  const end = endText === '' ? Infinity : bound(endText);
  if (start === null) return noBound(first);
  if (end === null) return noBound(endText);
  if (start > end) return problem('starts above its end');
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

/** Whether it only says how much is too much, as `10` does; no value is negative. */
export function isUpperLimit({ start, end, inside }: Range): boolean {
  return !inside && start <= 0 && end !== Infinity;
}

/** The range for people, such as `allowed 50 GiB`, `allowed 1d to 7d` or `alerts at 20 or more`. */
export function rangeText(range: Range, format: (value: number) => string): string {
  const { start, end, inside, text } = range;
  const verb = inside ? 'alerts at' : 'allowed';
  // Bounds that no value can reach are told as they were written.
  if ((start < 0 && start !== -Infinity) || end < 0 || (start <= 0 && end === Infinity))
    return `${verb} ${text}`;
  if (start <= 0) return `${verb} ${format(end)}${inside ? ' or less' : ''}`;
  return `${verb} ${format(start)} ${end === Infinity ? 'or more' : `to ${format(end)}`}`;
}

/** The range in base units, for performance data. */
export function formatRange({ start, end, inside }: Range, formatNumber: (value: number) => string): string {
  const from = start === 0 ? '' : start === -Infinity ? '~:' : `${formatNumber(start)}:`;
  const to = end === Infinity ? '' : formatNumber(end);
  // Without an end, the start must be written even when it is 0.
  return `${inside ? '@' : ''}${from === '' && to === '' ? '0:' : from}${to}`;
}
