import { type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { takeLock } from '../../src/store/lock.ts';
import { cacheFolder } from '../../tools/npm-package.ts';

const LOADER = '/usr/lib/wine/wine64';
const SERVER = '/usr/lib/wine/wineserver64';

/** How a Windows program ended. What it printed went to a file: Node.js under Wine cannot open a pipe of Linux. */
export interface WineResult {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** A running Windows, as far as Wine is one. Only one test file has it at a time. */
export interface Wine {
  /** A folder on drive C for the tests, as Linux sees it. */
  readonly home: string;
  run(program: string, ...args: readonly string[]): Promise<WineResult>;
  end(): Promise<void>;
}

/** The path that Windows programs know a file by; on drive C where it lies there. */
export function windowsPath(path: string): string {
  const drive = join(prefixFolder(), 'drive_c');
  const [letter, rest] = path.startsWith(`${drive}/`) ? ['C:', path.slice(drive.length)] : ['Z:', path];
  return letter + rest.replaceAll('/', '\\');
}

/** Boots Windows. The prefix is made once a machine, which takes some seconds and 700 MB. */
export async function bootWine(): Promise<Wine> {
  const prefix = prefixFolder();
  mkdirSync(cacheFolder(), { recursive: true });
  const lock = await waitForLock(`${prefix}.lock`);
  // Somebody may have been killed here.
  server('-k');
  await preparePrefix(prefix);
  server('-p');
  mkdirSync(join(prefix, 'drive_c', 'checkpoint tests'), { recursive: true });
  const home = mkdtempSync(join(prefix, 'drive_c', 'checkpoint tests', 'run-'));
  return {
    home,
    run: (program, ...args) => runPatiently(program, args),
    async end() {
      server('-k');
      server('-w');
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      lock.release();
    },
  };
}

const version = (): string =>
  spawnSync(LOADER, ['--version'], { encoding: 'utf8' }).stdout.trim().split(' ')[0] ?? '';

function prefixFolder(): string {
  return join(cacheFolder(), version());
}

async function waitForLock(path: string): Promise<{ release(): void }> {
  for (;;) {
    const lock = takeLock(path);
    if (lock !== null) return lock;
    await delay(200);
  }
}

async function preparePrefix(prefix: string): Promise<void> {
  const mark = join(prefix, 'prepared');
  if (existsSync(mark)) return;
  rmSync(prefix, { recursive: true, force: true });
  await runWine('wineboot', ['-i']);
  // A fresh prefix is a Windows 7, on which Node.js does not start.
  await runWine('winecfg', ['-v', 'win10']);
  server('-k');
  server('-w');
  writeFileSync(mark, '');
}

function environment(): NodeJS.ProcessEnv {
  const { DISPLAY: _, NODE_OPTIONS: __, ...inherited } = process.env;
  return {
    ...inherited,
    LC_ALL: 'C.UTF-8',
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mscoree=d;mshtml=d',
    WINELOADER: LOADER,
    WINEPREFIX: prefixFolder(),
  };
}

function server(option: '-k' | '-w' | '-p'): void {
  spawnSync(SERVER, [option], { env: environment(), stdio: 'ignore', timeout: 30_000 });
}

/** On a busy machine Wine now and then fails to start a program, before it has done anything. */
async function runPatiently(program: string, args: readonly string[]): Promise<WineResult> {
  for (let attempts = 1; ; attempts += 1) {
    const result = await runWine(program, args);
    if (attempts === 3 || !result.out.concat(result.err).includes('ShellExecuteEx failed')) return result;
  }
}

async function runWine(program: string, args: readonly string[]): Promise<WineResult> {
  const folder = mkdtempSync(join(tmpdir(), 'wine-'));
  const [outPath, errPath] = [join(folder, 'out'), join(folder, 'err')];
  const [out, err] = [openSync(outPath, 'w'), openSync(errPath, 'w')];
  try {
    const options: SpawnOptions = { env: environment(), stdio: ['ignore', out, err], cwd: '/' };
    const [code] = await once(spawn(LOADER, [program, ...args], options), 'exit');
    return { code, out: readFileSync(outPath, 'utf8'), err: readFileSync(errPath, 'utf8') };
  } finally {
    closeSync(out);
    closeSync(err);
    rmSync(folder, { recursive: true });
  }
}
