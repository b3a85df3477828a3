import { formatRange, type Range } from './range.ts';

/** One measured value: `s` are seconds, `B` bytes, an empty unit is a count. */
export interface Perfdata {
  readonly label: string;
  readonly value: number;
  readonly unit: 's' | 'B' | '';
  readonly warning: Range | null;
  readonly critical: Range | null;
}

/** `'label'=value[unit];[warn];[crit];min` for each, separated by blanks. Labels are cleaned, and made unique. */
export function renderPerfdata(items: readonly Perfdata[]): string {
  const used = new Set<string>();
  return items.map((item) => render(item, unique(cleanLabel(item.label), used))).join(' ');
}

/** Plain digits, never an exponent. */
export function plainNumber(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  return value.toFixed(6).replace(/0+$/, '').replace(/\.$/, '');
}

function render({ value, unit, warning, critical }: Perfdata, label: string): string {
  const range = (of: Range | null): string => (of === null ? '' : formatRange(of, plainNumber));
  return `'${label}'=${plainNumber(value)}${unit};${range(warning)};${range(critical)};0`;
}

/** Labels may hold neither `=` nor `'`; a bar would start other performance data. */
function cleanLabel(label: string): string {
  const clean = label.toWellFormed().replace(/[='|;\p{C}\p{Zl}\p{Zp}]/gu, '_');
  return clean.trim() === '' ? '_' : clean;
}

function unique(label: string, used: Set<string>): string {
  let candidate = label;
  for (let n = 2; used.has(candidate); n++) candidate = `${label}_${n}`;
  used.add(candidate);
  return candidate;
}
