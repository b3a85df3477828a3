import { open, readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { MIB } from '../../core/units.ts';

export interface LogTail {
  readonly name: string;
  readonly text: string;
  /** Whether older lines of this file were left out. */
  readonly isCut: boolean;
}

export interface FoundLogs {
  /** The newest first. */
  readonly tails: readonly LogTail[];
  /** Files for which there was no room. */
  readonly leftOut: readonly string[];
}

/** Of all logs together. */
export const MOST_LOG_BYTES = 5 * MIB;

/** What the service writes beside the log of the agent. */
const OF_SERVICE = ['service-host', 'agent-output'] as const;

/** The newest lines of the logs in a folder; of other programs' files there nothing. Throws when it cannot be read. */
export async function newestLogs(logFile: string | null, folder: string): Promise<FoundLogs> {
  const own = logFile === null ? 'agent.log' : basename(logFile);
  const stems = [...OF_SERVICE.map((name) => `${name}.log`), own];
  const names = (await readdir(folder)).filter((name) => stems.some((stem) => isOf(stem, name)));
  const files = await Promise.all(
    names.map(async (name) => {
      const { mtimeMs, size } = await stat(join(folder, name));
      return { name, mtimeMs, size };
    }),
  );
  const tails: LogTail[] = [];
  const leftOut: string[] = [];
  let room = MOST_LOG_BYTES;
  for (const { name, size } of files.sort((a, b) => b.mtimeMs - a.mtimeMs || (a.name < b.name ? -1 : 1))) {
    if (room === 0) {
      leftOut.push(name);
      continue;
    }
    const length = Math.min(size, room);
    room -= length;
    tails.push({ name, isCut: length < size, text: await lastLines(join(folder, name), size, length) });
  }
  return { tails, leftOut };
}

/** `agent.log` and, of its older ones, `agent.3.log`. */
function isOf(stem: string, name: string): boolean {
  const extension = extname(stem);
  const before = stem.slice(0, stem.length - extension.length);
  if (!name.startsWith(before) || !name.endsWith(extension)) return false;
  return /^(\.\d{1,3})?$/.test(name.slice(before.length, name.length - extension.length));
}

async function lastLines(path: string, size: number, length: number): Promise<string> {
  const file = await open(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await file.read(bytes, 0, length, size - length);
    const text = bytes.subarray(0, bytesRead).toString('utf8');
    // The first line is half a line.
    return length < size ? text.slice(text.indexOf('\n') + 1) : text;
  } finally {
    await file.close();
  }
}

/** Where the logs of an agent are looked for: those of the service beside its own. */
export function logFolder(logFile: string | null, logDir: string | null): string | null {
  return logDir ?? (logFile === null ? null : dirname(logFile));
}
