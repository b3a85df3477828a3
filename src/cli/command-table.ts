import type { Command, Option } from 'commander';
import type { CliIo } from './io.ts';

/** What the command table hands to each command. */
export interface CommandTable {
  readonly program: Command;
  readonly io: CliIo;
  readonly done: (exitCode: number) => void;
  readonly configOption: () => Option;
  readonly stateDirOption: () => Option;
}
