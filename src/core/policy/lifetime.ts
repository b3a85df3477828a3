import { hostClockAt } from '../inventory.ts';
import type { Checkpoint, HostReading, Instant } from '../model.ts';
import { formatDurationExact } from '../units.ts';
import { isOrdinary } from './kinds.ts';
import { type Declarations, type DeclaredEnd, endAt } from './lifetime/declaration.ts';
import { NEVER_TAG } from './lifetime/found.ts';

/** How long a checkpoint may live by the word of those who took it. */
export interface Lifetime {
  /** The declared end, on the host's clock; `null` when none was declared that counts. */
  readonly endsAt: Instant | null;
  /** As it was written; `null` like `endsAt`. */
  readonly text: string | null;
  /** What was declared and does not count, and why. */
  readonly ignored: readonly IgnoredDeclaration[];
}

export interface IgnoredDeclaration {
  readonly text: string;
  /** Completes "is not used: …". */
  readonly why: string;
}

const NONE: Lifetime = { endsAt: null, text: null, ignored: [] };

interface Sources {
  readonly inName: Declarations;
  readonly inNotes: Declarations;
  readonly ofVm: Declarations;
}

interface LifetimeContext {
  readonly reading: HostReading;
  readonly now: Instant;
  readonly maxMs: number;
}

/**
 * The lifetime of a checkpoint as declared in its name or notes, else in the notes of its VM: those are not about what
 * backups and replication take, nor about a checkpoint that was taken when their end had passed. Of several ends the
 * earliest counts. One further away than allowed, or that nobody can read, counts for nothing, and hides no age.
 */
export function lifetimeOf(checkpoint: Checkpoint, sources: Sources, context: LifetimeContext): Lifetime {
  const { inName, inNotes, ofVm } = sources;
  const hasOwn = saysAnything(inName) || saysAnything(inNotes);
  const hasVms = !hasOwn && saysAnything(ofVm) && isOrdinary(checkpoint.kind);
  const hasTags = inName.tags.length > 0 || inNotes.tags.length > 0;
  // Nearly all of them.
  if (!hasOwn && !hasVms && !hasTags) return NONE;
  const declared = hasVms ? [ofVm] : [inName, inNotes];
  const ignored: IgnoredDeclaration[] = declared.flatMap(({ unreadable }) =>
    unreadable.map(({ text, why }) => ({ text, why })),
  );
  ignored.push(...[...inName.tags, ...inNotes.tags].map(misplacedTag));
  let earliest: { readonly at: Instant; readonly text: string } | null = null;
  for (const end of declared.flatMap(({ ends }) => ends)) {
    const at = endAt(end, checkpoint.createdAt, context.reading.facts.utcOffsetMin);
    const why =
      whyUnusable(at, checkpoint, context) ?? (hasVms ? whyNotMeant(at, checkpoint, context) : null);
    if (why !== null) ignored.push({ text: textOf(end), why });
    else if (at !== null && (earliest === null || at < earliest.at)) earliest = { at, text: textOf(end) };
  }
  return { endsAt: earliest?.at ?? null, text: earliest?.text ?? null, ignored };
}

/** Tags select what holds for a VM as a whole. */
function misplacedTag(tag: string): IgnoredDeclaration {
  const text = tag === NEVER_TAG ? '[ckpt:never]' : `[ckpt:tag=${tag}]`;
  return { text, why: 'tags are read in the notes of the VM, not in those of a checkpoint' };
}

function saysAnything({ ends, unreadable }: Declarations): boolean {
  return ends.length > 0 || unreadable.length > 0;
}

function whyUnusable(
  at: Instant | null,
  { createdAt }: Checkpoint,
  { reading, now, maxMs }: LifetimeContext,
): string | null {
  if (at === null) return 'it counts from the creation, whose time is not known';
  const from = createdAt ?? hostClockAt(reading, now);
  return at - from > maxMs
    ? `it is further away than ${formatDurationExact(maxMs)}, the longest that may be declared`
    : null;
}

/** What is left in the notes of a VM from an earlier checkpoint says nothing of a new one. */
function whyNotMeant(
  endsAt: Instant | null,
  { createdAt }: Checkpoint,
  { reading, now }: LifetimeContext,
): string | null {
  // A checkpoint of the future has its time from a wrong clock.
  const isTakenAfter =
    endsAt !== null && createdAt !== null && endsAt <= createdAt && createdAt <= hostClockAt(reading, now);
  return isTakenAfter
    ? 'it stands in the notes of the VM, and had ended when this checkpoint was taken'
    : null;
}

function textOf({ text }: DeclaredEnd): string {
  return text;
}
