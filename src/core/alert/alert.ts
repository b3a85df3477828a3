import type { Finding } from '../finding.ts';
import type { Instant } from '../model.ts';
import type { Severity } from '../severity.ts';

/** A finding with a life. */
export interface Alert {
  /** `findingKey` of its finding. */
  readonly key: string;
  /** The finding as last seen. */
  readonly finding: Finding;
  readonly startedAt: Instant;
  readonly lastSeenAt: Instant;
  /** Complete looks in a row that no longer found it; two of them end it. */
  readonly absences: number;
  /** When it ended; kept until somebody was told. */
  readonly endedAt: Instant | null;
  /** What was last told, and when; `null` while nobody was told anything. */
  readonly told: { readonly severity: Severity; readonly at: Instant } | null;
}
