/** A value that shows itself nowhere: printing, logging or serialising it gives `<secret>`. */
export interface Secret {
  /** The value itself, to be handed on at the very last moment. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

/** Wraps a secret value. */
export function secret(value: string): Secret {
  return {
    reveal: () => value,
    toString: () => '<secret>',
    toJSON: () => '<secret>',
  };
}
