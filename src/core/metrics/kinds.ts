import { CHECKPOINT_KINDS, type Checkpoint, type CheckpointKind, type Instant } from '../model.ts';
import { compareText } from '../view.ts';

/** The checkpoints of one kind together. */
export interface KindSummary {
  readonly kind: CheckpointKind;
  readonly count: number;
  /** Of those whose time is known; `null` when none is. */
  readonly oldest: Instant | null;
  readonly newest: Instant | null;
}

/** The kinds of which there are any, in their order. */
export function summarizeKinds(checkpoints: readonly Checkpoint[]): readonly KindSummary[] {
  const byKind = new Map<CheckpointKind, KindSummary>();
  for (const { kind, createdAt } of checkpoints) {
    const before = byKind.get(kind) ?? { kind, count: 0, oldest: null, newest: null };
    byKind.set(kind, {
      kind,
      count: before.count + 1,
      oldest: createdAt === null ? before.oldest : Math.min(before.oldest ?? createdAt, createdAt),
      newest: createdAt === null ? before.newest : Math.max(before.newest ?? createdAt, createdAt),
    });
  }
  const kinds = [...byKind.values()];
  return kinds.length < 2 ? kinds : kinds.sort((a, b) => rank(a) - rank(b) || compareText(a.kind, b.kind));
}

const BUILT_IN: readonly CheckpointKind[] = CHECKPOINT_KINDS;

/** Hyper-V's own kinds first, those of the configuration behind them. */
function rank({ kind }: KindSummary): number {
  const index = BUILT_IN.indexOf(kind);
  return index < 0 ? BUILT_IN.length : index;
}
