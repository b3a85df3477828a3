import type { Limit } from '../rules/rule.ts';

export function isLimit(value: unknown): value is Limit {
  return typeof value === 'number' || (typeof value === 'object' && value !== null && 'bytes' in value);
}

/** Takes out of a milder limit what never shows, because the harsher one comes first. `null` when nothing is left. */
export function withoutOvertaken(milder: Limit, harsher: Limit): Limit | null {
  if (typeof milder === 'number' || typeof harsher === 'number')
    return comesBefore(milder, harsher) ? milder : null;
  const bytes = keepBelow(milder.bytes, harsher.bytes);
  const ratio = keepBelow(milder.ratio, harsher.ratio);
  return bytes === null && ratio === null ? null : { bytes, ratio };
}

/** Whether a milder limit leaves room for itself below the harsher one, in every part that both have. */
export function comesBefore(milder: Limit, harsher: Limit): boolean {
  if (typeof milder === 'number' && typeof harsher === 'number') return milder < harsher;
  if (typeof milder === 'number' || typeof harsher === 'number') return true;
  return (
    keepBelow(milder.bytes, harsher.bytes) === milder.bytes &&
    keepBelow(milder.ratio, harsher.ratio) === milder.ratio
  );
}

function keepBelow(milder: number | null, harsher: number | null): number | null {
  return milder !== null && harsher !== null && milder >= harsher ? null : milder;
}
