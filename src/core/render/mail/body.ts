import type { Severity } from '../../severity.ts';

/** What a mail says, before it becomes text or HTML: both are made from this, so that they say the same. */
export type Block =
  /** A sentence that stands first in its part, with the word that says how bad it is. */
  | { readonly type: 'lead'; readonly tone: Tone; readonly mark: string; readonly text: string }
  | { readonly type: 'facts'; readonly facts: readonly Fact[] }
  | { readonly type: 'table'; readonly headings: readonly string[]; readonly rows: readonly TableRow[] }
  | { readonly type: 'note'; readonly text: string };

export type Tone = Severity | 'resolved' | 'plain';

/** A label and what is to be said about it, a line each. */
export interface Fact {
  readonly label: string;
  readonly lines: readonly FactLine[];
}

export interface FactLine {
  readonly text: string;
  /** Something to paste, or an address: never wrapped. */
  readonly isVerbatim: boolean;
}

export interface TableRow {
  readonly tone: Tone;
  readonly cells: readonly string[];
}

/** A fact of one line of prose. */
export function fact(label: string, text: string): Fact {
  return { label, lines: [{ text, isVerbatim: false }] };
}
