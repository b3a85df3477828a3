import type { Config } from '../config/config.ts';
import { type LoadedConfig, loadConfig } from '../config/load.ts';
import { describeProblems, type Problem } from '../config/problem.ts';
import type { CliIo } from './io.ts';

/** EX_CONFIG of sysexits.h. */
export const EXIT_CONFIG = 78;

export type CommandConfig =
  | {
      readonly ok: true;
      readonly config: Config;
      readonly path: string;
      readonly warnings: readonly Problem[];
    }
  | { readonly ok: false; readonly exitCode: number };

/** Loads the configuration for a command, and says on stderr what is wrong or doubtful with it. */
export function configForCommand(path: string | null, io: CliIo): CommandConfig {
  const loaded: LoadedConfig = loadConfig({ path, env: io.env, platform: io.platform, cwd: io.cwd });
  if (!loaded.ok) {
    io.stderr.write(describeProblems(loaded.path, loaded.problems));
    return { ok: false, exitCode: EXIT_CONFIG };
  }
  if (loaded.warnings.length > 0) io.stderr.write(describeProblems(loaded.path, loaded.warnings));
  return { ok: true, config: loaded.config, path: loaded.path, warnings: loaded.warnings };
}
