import { plainText } from '../../render/plain-text.ts';
import type { Declarations, DeclaredEnd, LocalEnd } from './declaration.ts';

const MAX_ENDS = 16;
const MAX_UNREADABLE = 8;
const MAX_TAGS = 16;
/** The tag by which people say that a VM should carry no checkpoints. */
export const NEVER_TAG = 'never';
const MAX_EXCERPT = 60;

/** Enough for whatever people write, and a bound on what a hostile text costs. */
const MAX_TURNS = 64;

const TAG = /^[a-z0-9][a-z0-9_.-]{0,31}$/;

/** What was found in a text so far, bounded. */
export class Found {
  readonly #ends: DeclaredEnd[] = [];
  readonly #unreadable: { readonly text: string; readonly why: string }[] = [];
  readonly #tags = new Set<string>();
  #owner: string | null = null;
  #turns = 0;
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Whether one more keyword, or one more item of a bracket, is looked at. */
  takeTurn(): boolean {
    return this.#turns++ < MAX_TURNS;
  }

  /** An end that is written from here to there. */
  addEnd(value: LocalEnd | number, from: number, to: number): void {
    if (this.#ends.length >= MAX_ENDS) return;
    const text = plainText(this.#text.slice(from, to), MAX_EXCERPT);
    this.#ends.push(
      typeof value === 'number' ? { type: 'ttl', ms: value, text } : { type: 'until', at: value, text },
    );
  }

  /** Something from here to there that nobody can read. */
  addUnreadable(why: string, from: number, to: number): void {
    if (this.#unreadable.length >= MAX_UNREADABLE) return;
    // A character is two units at most; one more to see that the excerpt is shortened.
    const text = this.#text.slice(from, Math.min(to, from + 2 * MAX_EXCERPT + 2));
    this.#unreadable.push({ text: plainText(text, MAX_EXCERPT), why });
  }

  addOwner(owner: string): void {
    this.#owner ??= owner;
  }

  /** @returns whether it may be the name of a tag. */
  addTag(text: string): boolean {
    const tag = text.toLowerCase();
    if (!TAG.test(tag)) return false;
    // What forbids checkpoints is never one too many.
    if (this.#tags.size < MAX_TAGS || tag === NEVER_TAG) this.#tags.add(tag);
    return true;
  }

  all(): Declarations {
    return { ends: this.#ends, unreadable: this.#unreadable, owner: this.#owner, tags: [...this.#tags] };
  }
}
