/** A value that shows itself nowhere: printing, logging or serialising it gives `<secret>`. */
export interface Secret {
  /** Where it was read, for showing the configuration; `null` when it came from elsewhere. */
  readonly origin: SecretOrigin | null;
  /** The value itself, to be handed on at the very last moment. */
  reveal(): string;
  toString(): string;
  toJSON(): string;
}

export type SecretOrigin =
  | { readonly type: 'file'; readonly path: string }
  | { readonly type: 'env'; readonly name: string };

/** Wraps a secret value. */
export function secret(value: string, origin: SecretOrigin | null = null): Secret {
  return {
    origin,
    reveal: () => value,
    toString: () => '<secret>',
    toJSON: () => '<secret>',
  };
}
