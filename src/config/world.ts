import path from 'node:path';
import type { Instant } from '../core/model.ts';

/** A file that an option names, as it was found. */
export type FileReading =
  | {
      readonly status: 'read';
      readonly text: string;
      /** Whether accounts besides its owner's may read it; `null` where permissions are not known. */
      readonly othersMayRead: boolean | null;
    }
  | {
      readonly status: 'failed';
      /** Completes "cannot be read: …". */
      readonly reason: string;
    };

/** What a configuration depends on besides its own text. */
export interface ConfigWorld {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** The moment at which dates are compared. */
  readonly now: Instant;
  /** Reads a small text file. Never throws. */
  readFile(path: string): FileReading;
  /** Names this machine answers to, its own first. */
  readonly thisMachine: readonly string[];
}

/** Paths in the file are relative to the folder of the file, wherever the agent was started. */
export function resolveBeside(configPath: string, platform: string, target: string): string {
  const { isAbsolute, join, dirname } = platform === 'win32' ? path.win32 : path.posix;
  return isAbsolute(target) ? target : join(dirname(configPath), target);
}

/** Environment variables of Windows know no case. */
export function readEnv(
  { env, platform }: Pick<ConfigWorld, 'env' | 'platform'>,
  name: string,
): string | undefined {
  if (platform !== 'win32') return Object.hasOwn(env, name) ? env[name] : undefined;
  const wanted = name.toLowerCase();
  return Object.entries(env).find(([key]) => key.toLowerCase() === wanted)?.[1];
}
