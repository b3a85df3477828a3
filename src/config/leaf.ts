import * as z from 'zod';
import { quoteValue } from './problem.ts';

/** What a JSON Schema says about a value. */
export type JsonFragment = Readonly<Record<string, unknown>>;

/** One kind of value as people write it. */
export interface LeafSpec<T> {
  /** One or two words for the documentation, such as `duration`. */
  readonly title: string;
  /** Completes "is not …", with an example. */
  readonly expected: string;
  readonly json: JsonFragment;
  /** The value it stands for; `undefined` when it is none. */
  read(value: unknown): T | undefined;
  /** What to add to the message for this very value, such as a word that was probably meant. */
  hint?(value: unknown): string | null;
  /** Whether this value must not be repeated in a message. */
  isSensitive?(value: unknown): boolean;
}

/** The zod schema of a kind of value; its message holds the value and what was expected. */
export function leaf<T>(spec: LeafSpec<T>): z.ZodType<T> {
  return z
    .unknown()
    .transform((value, context): T => {
      const read = spec.read(value);
      if (read !== undefined) return read;
      context.addIssue({ code: 'custom', message: explain(spec, value), input: value });
      return z.NEVER;
    })
    .meta({ title: spec.title, ...spec.json });
}

/** The same, with `null` for "not set". */
export function leafOrNull<T>(spec: LeafSpec<T>): z.ZodType<T | null> {
  const { type, anyOf } = spec.json;
  const withNull = Array.isArray(anyOf)
    ? { anyOf: [...anyOf, { type: 'null' }] }
    : { type: [type, 'null'].flat() };
  const json: JsonFragment = Array.isArray(spec.json.enum)
    ? { ...spec.json, ...withNull, enum: [...spec.json.enum, null] }
    : { ...spec.json, ...withNull };
  return leaf<T | null>({ ...spec, json, read: (value) => (value === null ? null : spec.read(value)) });
}

function explain<T>(spec: LeafSpec<T>, value: unknown): string {
  if (value === undefined) return `is missing; expected ${spec.expected}`;
  const shown = spec.isSensitive?.(value) === true ? 'this' : quoteValue(value);
  const hint = spec.hint?.(value) ?? null;
  return `${shown} is not ${spec.expected}${hint === null ? '' : `; ${hint}`}`;
}
