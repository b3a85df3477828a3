import type { Instant } from '../../model.ts';
import { DAY_MS, MINUTE_MS } from '../../units.ts';
import { readBracket } from './bracket.ts';
import { Found } from './found.ts';
import { type Keyword, mayDeclare, nextKeyword } from './keyword.ts';
import { matchAt, prepare, READ_CHARACTERS } from './reading.ts';
import { readStatement } from './statement.ts';

/**
 * Where a text comes from decides which forms count. Free phrases do so only in a checkpoint's own name and notes; in
 * the notes of its VM, `keep-until=`, `ttl=`, `owner=` and `[ckpt:…]` do.
 */
export type DeclarationPlace = 'checkpoint-name' | 'checkpoint-notes' | 'vm-notes';

/** A date, perhaps with a time, on the clock of some place. */
export interface LocalEnd {
  /** The day's midnight in milliseconds since the epoch, were the place at UTC. */
  readonly dayAt: number;
  /** Into the day, up to the whole of it; `null` when no time was written. */
  readonly timeMs: number | null;
  /** Minutes east of UTC; `null` when no zone was written: the host's clock is meant. */
  readonly offsetMin: number | null;
}

/** `text` is how it was written, keyword and all, in 60 characters at most. */
export type DeclaredEnd =
  | { readonly type: 'until'; readonly at: LocalEnd; readonly text: string }
  | { readonly type: 'ttl'; readonly ms: number; readonly text: string };

export interface Declarations {
  /** The ends that could be read, in order of appearance; at most 16. */
  readonly ends: readonly DeclaredEnd[];
  /**
   * What was meant as an end, or stands in `[ckpt:…]`, and cannot be read; at most 8. `text` has 60 characters at most,
   * `why` completes "cannot be read: …".
   */
  readonly unreadable: readonly { readonly text: string; readonly why: string }[];
  /** The first one; at most 64 characters. */
  readonly owner: string | null;
  /** `[ckpt:tag=prod]` is `prod`, `[ckpt:never]` is `never`. Lower case, each once, at most 16. */
  readonly tags: readonly string[];
}

const NOTHING: Declarations = Object.freeze({ ends: [], unreadable: [], owner: null, tags: [] });

/**
 * Reads what people declare about a checkpoint's lifetime, whatever the case:
 *
 * - `keep-until=2026-12-01`, `keep until 1 Dec 2026`, `until=`, `behalten bis 1.12.2026`, `bis=`, and the like
 * - `expires 2026-12-01`, `delete after 2026-12-01`, `valid until`, `gültig bis`, `löschen am`, `Löschdatum:`, and the like
 * - `ttl=48h`, `ttl 2 days`, `keep for 2 weeks`, `2 Wochen behalten`
 * - `owner=j.doe`, `owner: "Jane Doe"`
 * - `[ckpt:keep-until=2026-12-01, ttl=2d, owner=j.doe, tag=prod, never]`, parted by commas, semicolons or blanks
 *
 * A date is `2026-12-01`, `2026/12/01`, `20261201`, `1.12.2026` (the day first), `1 Dec 2026`, `Dec 1, 2026`,
 * `1. Dezember 2026`, or `13/02/2026` where day and month cannot be swapped. A time may follow it, and a zone that.
 *
 * "Keep until" without a date, and a date that can be read in two ways, are told as unreadable; "expires" without a date
 * is ordinary language. Only the first 4096 characters are read, and the first 64 keywords in them. Never throws;
 * takes time proportional to the length.
 */
export function readDeclarations(text: string, place: DeclarationPlace): Declarations {
  const isVmNotes = place === 'vm-notes';
  if (!mayDeclare(text.slice(0, READ_CHARACTERS), isVmNotes)) return NOTHING;
  const prepared = prepare(text);
  const found = new Found(prepared.text);
  let at = 0;
  while (found.takeTurn()) {
    const keyword = nextKeyword(prepared.text, at, isVmNotes);
    if (keyword === null || keyword.start >= prepared.stopAt) break;
    at =
      keyword.kind === 'bracket'
        ? readBracket(prepared, keyword, found)
        : readPhrase(prepared.text, keyword, found);
  }
  return found.all();
}

/** What cannot be read is told up to the end of its line or statement, and may hold more keywords. */
function readPhrase(text: string, keyword: Keyword, found: Found): number {
  const outcome = readStatement(text, keyword, false, found);
  if (outcome.type === 'unreadable') {
    matchAt(TO_STATEMENT_END, text, outcome.end);
    found.addUnreadable(outcome.why, keyword.start, TO_STATEMENT_END.lastIndex);
  }
  return outcome.end;
}

const TO_STATEMENT_END = /[^\n;[\]]{0,120}/y;

/**
 * The instant of an end, on the clock that `createdAt` is on. A date without a time is the end of that day.
 * @param createdAt what a lifetime counts from
 * @param utcOffsetMin of the host, for an end without a zone; `null` counts as UTC
 * @returns `null` for a lifetime whose start is not known
 */
export function endAt(
  end: DeclaredEnd,
  createdAt: Instant | null,
  utcOffsetMin: number | null,
): Instant | null {
  if (end.type === 'ttl') return createdAt === null ? null : createdAt + end.ms;
  const { dayAt, timeMs, offsetMin } = end.at;
  return dayAt + (timeMs ?? DAY_MS) - (offsetMin ?? utcOffsetMin ?? 0) * MINUTE_MS;
}
