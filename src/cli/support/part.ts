/** A file of the bundle, or why there is none. */
export type Part =
  | {
      readonly name: string;
      /** What it is, for the manifest. */
      readonly about: string;
      readonly content:
        | { readonly type: 'text'; readonly text: string }
        | { readonly type: 'json'; readonly value: unknown };
    }
  | { readonly name: string; readonly leftOut: string };

export function textPart(name: string, about: string, text: string): Part {
  return { name, about, content: { type: 'text', text } };
}

export function jsonPart(name: string, about: string, value: unknown): Part {
  return { name, about, content: { type: 'json', value } };
}

export function leftOut(name: string, why: string): Part {
  return { name, leftOut: why };
}
