import type { Instant } from '../model.ts';
import { MINUTE_MS } from '../units.ts';

/** `2026-11-08 06:12 +01:00`, or `… UTC` when the offset is not known. Never throws. */
export function formatInstant(at: Instant, utcOffsetMin: number | null): string {
  const local = new Date(at + (utcOffsetMin ?? 0) * MINUTE_MS);
  if (Number.isNaN(local.getTime())) return 'at an unknown time';
  const text = local.toISOString().slice(0, -8).replace('T', ' ');
  return `${text} ${utcOffsetMin === null ? 'UTC' : formatOffset(utcOffsetMin)}`;
}

function formatOffset(minutes: number): string {
  const two = (n: number): string => String(n).padStart(2, '0');
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}
