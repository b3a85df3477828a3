import { win32 } from 'node:path';
import { plainText } from '../../core/render/plain-text.ts';
import { HOUR_MS } from '../../core/units.ts';
import { untilInterrupted } from '../interrupt.ts';
import type { CliIo } from '../io.ts';
import {
  type InstallRequest,
  installArguments,
  type UninstallRequest,
  uninstallArguments,
} from './install-arguments.ts';
import { systemProgram } from './run-tool.ts';
import { REAL_SERVICE_WORLD, type ServiceWorld } from './service-world.ts';

/** Somebody may be asked something, or a virus scanner may look at every file; but there must be an end. */
const SETUP_LIMIT_MS = HOUR_MS;
/** The exit codes of the scripts: done, failed, refused, done with something left to do. */
const LARGEST_EXIT_CODE = 3;

/** Runs the shipped install.ps1. Exit codes are its own: 0 done, 1 failed, 2 refused, 3 done but something is left to do. */
export function serviceInstall(
  request: InstallRequest,
  io: CliIo,
  world: ServiceWorld = REAL_SERVICE_WORLD,
): Promise<number> {
  const configFile = request.configFile === null ? null : win32.resolve(io.cwd, request.configFile);
  return runScript('install.ps1', installArguments({ ...request, configFile }), io, world);
}

/**
 * Runs the shipped uninstall.ps1. Exit codes as above. A program that this command itself runs from is removed as soon as
 * this process has ended.
 */
export function serviceUninstall(
  request: UninstallRequest,
  io: CliIo,
  world: ServiceWorld = REAL_SERVICE_WORLD,
): Promise<number> {
  return runScript('uninstall.ps1', uninstallArguments(request, world.processId), io, world);
}

async function runScript(
  name: string,
  args: readonly string[],
  io: CliIo,
  { run, findScript }: ServiceWorld,
): Promise<number> {
  if (!isWindows(io)) return 1;
  const script = findScript(name);
  if (script === null) {
    io.stderr.write(
      `${name} is not beside this program: unpack the archive for Windows and run ${name} there, or the command from there.\n`,
    );
    return 1;
  }
  const program = systemProgram(io, win32.join('WindowsPowerShell', 'v1.0', 'powershell.exe'));
  const interrupt = untilInterrupted();
  try {
    const started = ['-NoProfile', '-ExecutionPolicy', 'Bypass', '-File', script];
    const job = { program, args: [...started, ...args], timeoutMs: SETUP_LIMIT_MS, isShown: true } as const;
    // Ctrl+C reaches the script by itself, which undoes what it has done so far; it must not be killed before.
    const result = await run(job, new AbortController().signal);
    if (result.status === 'failed') {
      io.stderr.write(`${plainText(program, 300)}: ${plainText(result.why, 300)}\n`);
      return 1;
    }
    return result.exitCode <= LARGEST_EXIT_CODE ? result.exitCode : 1;
  } finally {
    interrupt.dispose();
  }
}

/** Says so where there is no such service. */
export function isWindows({ platform, stderr }: CliIo): boolean {
  if (platform === 'win32') return true;
  stderr.write(
    'The service is for Windows. Elsewhere let the system start "checkpoint-agent run", by a unit of systemd for one.\n',
  );
  return false;
}
