import { resolve } from 'node:path';
import { defaultLogFile } from '../config/paths.ts';
import type { CliIo } from './io.ts';

export interface LogPlace {
  /** As given by `--log-file`; `-` is standard error. */
  readonly given: string | null;
  /** `log.file` of the configuration. */
  readonly configured: string | null;
  /** Of the configuration file, absolute. */
  readonly configPath: string;
  readonly hasServiceHost: boolean;
}

/** Where the log goes: an absolute path, or `null` for standard error. */
export function logFile(place: LogPlace, { platform, cwd }: Pick<CliIo, 'platform' | 'cwd'>): string | null {
  const { given, configured, configPath, hasServiceHost } = place;
  if (given !== null) return given === '-' ? null : resolve(cwd, given);
  // Nobody sees the standard error of a Windows service.
  const usual = hasServiceHost && platform === 'win32' ? defaultLogFile(configPath) : null;
  return configured ?? usual;
}
