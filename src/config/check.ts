import type { Complaint, OptionPath } from './problem.ts';
import type { Written } from './schema.ts';
import type { ConfigWorld } from './world.ts';

/** What a check may look at. */
export interface CheckContext {
  /** What is valid of the file, defaults filled in. */
  readonly written: Written;
  /** The value as the file has it; `undefined` when the file does not mention the option. */
  given(path: OptionPath): unknown;
  /** Whether the file has the option's key with nothing after it. */
  isEmpty(path: OptionPath): boolean;
  /** The line an option stands on, from 1; `null` when the file does not mention it. */
  lineOf(path: OptionPath): number | null;
  readonly world: ConfigWorld;
  /** Of the configuration file; paths in it are relative to its folder. */
  readonly configPath: string;
}

/** Looks at options together, or at what the schema cannot know. Pure, given its context. */
export type Check = (context: CheckContext) => readonly Complaint[];
