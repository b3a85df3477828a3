import { readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Config } from './config.ts';
import { defaultConfig, type ParsedConfig, parseConfig } from './parse.ts';
import { defaultConfigPath } from './paths.ts';
import type { Problem } from './problem.ts';
import { type ConfigWorld, type FileReading, readEnv } from './world.ts';

/** A configuration, the file it was read from or would have been, and what else it was made from. */
export type LoadedConfig = ParsedConfig & {
  readonly path: string;
  readonly world: ConfigWorld;
  readonly obstacle: Obstacle | null;
};

/** Why it was not read, though it may well be a moment later: another program held it, or Windows refused. */
export type Obstacle = 'held' | 'refused';

export interface LoadInput {
  /** As given by `--config`; `null` looks at the default path, where no file means the defaults. */
  readonly path: string | null;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly platform: string;
  /** What a relative `path` is relative to. */
  readonly cwd: string;
  /** Names of this machine; asked of the operating system when left out. */
  readonly thisMachine?: readonly string[];
}

const LARGEST_CONFIG_BYTES = 1024 * 1024;
const LARGEST_SECRET_BYTES = 1024 * 1024;

/** Reads the configuration file. Never throws: whatever is wrong is a problem. */
export function loadConfig(input: LoadInput): LoadedConfig {
  const file = configPath(input);
  const world = worldOf(input);
  const refuse = (message: string, obstacle: Obstacle | null = null): LoadedConfig => {
    return { ok: false, problems: [wholeFile(message)], path: file, world, obstacle };
  };
  const found = readBytes(file, LARGEST_CONFIG_BYTES);
  if (found.status === 'failed') {
    if (found.isMissing && input.path === null) {
      return { ok: true, config: defaultConfig(world), warnings: [], path: file, world, obstacle: null };
    }
    return refuse(`the configuration cannot be read: ${found.reason}`, found.obstacle);
  }
  const strangeness = whyNotUtf8(found.bytes);
  if (strangeness !== null) return refuse(`${strangeness}; save it as UTF-8`);
  const text = found.bytes.toString('utf8');
  const parsed = parseConfig(text, { ...world, path: file, modifiedAt: found.modifiedAt });
  return { ...parsed, path: file, world, obstacle: null };
}

/** The configuration of this machine without any file. */
export function loadDefaults(input: Pick<LoadInput, 'env' | 'platform' | 'thisMachine'>): Config {
  return defaultConfig(worldOf(input));
}

/** The configuration of a text that this program brings itself. */
export function loadText(text: string, input: Pick<LoadInput, 'env' | 'platform' | 'thisMachine'>): Config {
  const parsed = parseConfig(text, { ...worldOf(input), path: 'built-in', modifiedAt: 0 });
  if (!parsed.ok) throw new Error(`the built-in configuration is not valid: ${parsed.problems[0]?.message}`);
  return parsed.config;
}

/** The file that `loadConfig` reads, absolute. */
export function configPath({ path: given, env, platform, cwd }: Omit<LoadInput, 'thisMachine'>): string {
  if (given === null) return defaultConfigPath(env, platform);
  return (platform === 'win32' ? path.win32 : path.posix).resolve(cwd, given);
}

function wholeFile(message: string): Problem {
  return { severity: 'error', line: null, column: null, path: '', message };
}

function worldOf({
  env,
  platform,
  thisMachine,
}: Pick<LoadInput, 'env' | 'platform' | 'thisMachine'>): ConfigWorld {
  return {
    env,
    platform,
    now: Date.now(),
    readFile: readTextFile,
    thisMachine: thisMachine ?? namesOfThisMachine(env, platform),
  };
}

function namesOfThisMachine(env: LoadInput['env'], platform: string): readonly string[] {
  const name = os.hostname();
  const short = name.split('.', 1)[0] ?? name;
  const domain = platform === 'win32' ? readEnv({ env, platform }, 'USERDNSDOMAIN') : undefined;
  const netbios = platform === 'win32' ? readEnv({ env, platform }, 'COMPUTERNAME') : undefined;
  const names = [name, short, netbios, domain === undefined ? undefined : `${short}.${domain}`];
  return [...new Set(names.flatMap((known) => known || []))];
}

type BytesFound =
  | { readonly status: 'read'; readonly bytes: Buffer; readonly modifiedAt: number; readonly mode: number }
  | {
      readonly status: 'failed';
      readonly reason: string;
      readonly isMissing: boolean;
      readonly obstacle: Obstacle | null;
    };

function readBytes(file: string, largest: number): BytesFound {
  const refuse = (reason: string, code = ''): BytesFound => {
    return { status: 'failed', reason, isMissing: MISSING.has(code), obstacle: OBSTACLES[code] ?? null };
  };
  try {
    const stats = statSync(file);
    // Anything but a file, such as a pipe, could block for ever.
    if (!stats.isFile()) return refuse(stats.isDirectory() ? 'it is a folder' : 'it is not a regular file');
    if (stats.size > largest) return refuse(`it has ${stats.size} bytes; ${largest} are allowed`);
    const bytes = readFileSync(file);
    return { status: 'read', bytes, modifiedAt: Math.floor(stats.mtimeMs), mode: stats.mode };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return refuse(REASONS[code] ?? `error ${code}`, code);
  }
}

const MISSING: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR']);

/** Windows says EPERM of a file that is about to be replaced, and of one that its access list forbids. */
const OBSTACLES: Readonly<Record<string, Obstacle>> = { EBUSY: 'held', EPERM: 'refused' };

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'the account of this process may not read it',
  EPERM: 'the account of this process may not read it',
  EBUSY: 'another program keeps it open',
};

/** Says what the bytes are instead of UTF-8. UTF-16 without a byte order mark shows itself by its zero bytes. */
function whyNotUtf8(bytes: Buffer): string | null {
  const mark = bytes.subarray(0, 2).toString('hex');
  if (mark === 'fffe' || mark === 'feff' || bytes.includes(0)) {
    return 'the file is UTF-16 text, as > and Out-File of Windows PowerShell write it';
  }
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    return null;
  } catch {
    return 'the file is not UTF-8 text, perhaps of an older code page (ANSI)';
  }
}

/** Reads a file that an option names. `Out-File` of Windows PowerShell writes UTF-16, which is understood here. */
export function readTextFile(file: string): FileReading {
  const found = readBytes(file, LARGEST_SECRET_BYTES);
  if (found.status === 'failed') return { status: 'failed', reason: found.reason };
  const isUtf16 = found.bytes[0] === 0xff && found.bytes[1] === 0xfe;
  return {
    status: 'read',
    text: found.bytes.toString(isUtf16 ? 'utf16le' : 'utf8'),
    // Windows has access lists instead, of which Node.js shows nothing.
    othersMayRead: process.platform === 'win32' ? null : (found.mode & 0o004) !== 0,
  };
}
