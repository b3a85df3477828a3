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
import {
  driveC,
  isPrefixRemembered,
  LOADER,
  prefixFolder,
  rememberPrefix,
  resetPrefix,
  windowsPath,
} from './prefix.ts';

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
  /**
   * What somebody types into a window of cmd.exe in a folder. PowerShell for Windows prints nothing without a window.
   * @param folder a path of Linux
   */
  type(folder: string, line: string): Promise<WineResult>;
  /** Runs it with what Wine itself prints of calls to its functions, among its errors. @param channels as `WINEDEBUG` has them */
  runTraced(channels: string, program: string, ...args: readonly string[]): Promise<WineResult>;
  end(): Promise<void>;
}

/** Boots Windows. The prefix is made once a machine, which takes some seconds and 700 MB. */
export async function bootWine(): Promise<Wine> {
  const prefix = prefixFolder();
  mkdirSync(cacheFolder(), { recursive: true });
  const lock = await waitForLock(`${prefix}.lock`);
  // Somebody may have been killed here.
  server('-k');
  server('-w');
  if (isPrefixRemembered()) resetPrefix();
  else await makePrefix(prefix);
  server('-p');
  await untilBooted();
  mkdirSync(join(driveC(), 'checkpoint tests'), { recursive: true });
  const home = mkdtempSync(join(driveC(), 'checkpoint tests', 'run-'));
  return {
    home,
    run: (program, ...args) => runPatiently([LOADER, program, ...args]),
    runTraced: (channels, program, ...args) =>
      runPatiently([LOADER, program, ...args], { WINEDEBUG: channels }),
    type: (folder, line) => typeLine(home, folder, line),
    async end() {
      server('-k');
      server('-w');
      rmSync(home, { recursive: true, force: true, maxRetries: 5 });
      lock.release();
    },
  };
}

async function waitForLock(path: string): Promise<{ release(): void }> {
  for (;;) {
    const lock = takeLock(path);
    if (lock !== null) return lock;
    await delay(200);
  }
}

async function makePrefix(prefix: string): Promise<void> {
  rmSync(prefix, { recursive: true, force: true });
  // Without a .NET of its own, for which Wine would ask.
  await runWine([LOADER, 'wineboot', '-i'], { WINEDLLOVERRIDES: 'mscoree=d;mshtml=d' });
  // A fresh prefix is a Windows 7, on which Node.js does not start.
  await runWine([LOADER, 'winecfg', '-v', 'win10']);
  // The .NET of PowerShell crashes otherwise. Here services see it too.
  const variables = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment';
  await runWine([LOADER, 'reg', 'add', variables, '/v', 'DOTNET_EnableWriteXorExecute', '/d', '0', '/f']);
  server('-k');
  server('-w');
  rememberPrefix();
}

/** The first program boots Windows. Now and then that fails at once, and the next one does it. */
async function untilBooted(): Promise<void> {
  const tries: WineResult[] = [];
  do {
    tries.push(await runWine([LOADER, 'sc', 'query', 'Winmgmt'], { WINEDEBUG: 'err+all' }));
    if (tries.at(-1)?.code === 0) return;
    await delay(200);
  } while (tries.length < 10);
  throw new Error(`Windows does not boot: ${JSON.stringify(tries)}`);
}

function environment(): NodeJS.ProcessEnv {
  const { DISPLAY: _, NODE_OPTIONS: __, ...inherited } = process.env;
  return {
    ...inherited,
    LC_ALL: 'C.UTF-8',
    WINEARCH: 'win64',
    WINEDEBUG: '-all',
    WINEDLLOVERRIDES: 'mshtml=d',
    WINELOADER: LOADER,
    WINEPREFIX: prefixFolder(),
  };
}

function server(option: '-k' | '-w' | '-p'): void {
  spawnSync(SERVER, [option], { env: environment(), stdio: 'ignore', timeout: 30_000 });
}

/** With a pseudo terminal for a window, and a file for what is printed. */
async function typeLine(home: string, folder: string, line: string): Promise<WineResult> {
  const typed = mkdtempSync(join(home, 'typed-'));
  const inTyped = (name: string): string => windowsPath(join(typed, name));
  const text = `cd /d "${windowsPath(folder)}"\r\n${line} >"${inTyped('out')}" 2>"${inTyped('err')}"\r\n`;
  writeFileSync(join(typed, 'typed.cmd'), `@echo off\r\n${text}`);
  const { code, out } = await runPatiently([
    'script',
    '-qec',
    `${LOADER} cmd /c '${inTyped('typed.cmd')}'`,
    '/dev/null',
  ]);
  const printed = (name: string): string => {
    const path = join(typed, name);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  };
  return { code, out: printed('out'), err: printed('err') || out };
}

/** On a busy machine Wine now and then fails to start a program, before it has done anything. */
async function runPatiently(
  command: readonly [string, ...string[]],
  more: NodeJS.ProcessEnv = {},
): Promise<WineResult> {
  for (let attempts = 1; ; attempts += 1) {
    const result = await runWine(command, more);
    if (attempts === 3 || !result.out.concat(result.err).includes('ShellExecuteEx failed')) return result;
  }
}

async function runWine(
  [program, ...args]: readonly [string, ...string[]],
  more: NodeJS.ProcessEnv = {},
): Promise<WineResult> {
  const folder = mkdtempSync(join(tmpdir(), 'wine-'));
  const [outPath, errPath] = [join(folder, 'out'), join(folder, 'err')];
  const [out, err] = [openSync(outPath, 'w'), openSync(errPath, 'w')];
  try {
    const env = { ...environment(), ...more };
    const options: SpawnOptions = { env, stdio: ['ignore', out, err], cwd: '/' };
    const [code] = await once(spawn(program, args, options), 'exit');
    return { code, out: readFileSync(outPath, 'utf8'), err: readFileSync(errPath, 'utf8') };
  } finally {
    closeSync(out);
    closeSync(err);
    rmSync(folder, { recursive: true });
  }
}
