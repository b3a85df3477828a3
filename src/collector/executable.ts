import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { posix, win32 } from 'node:path';
import { type CollectError, collectError } from '../core/collect-error.ts';
import { systemErrorText } from '../core/error-codes/system-error.ts';
import { excerpt } from './excerpt.ts';

export type FoundExecutable =
  | { readonly ok: true; readonly path: string }
  | { readonly ok: false; readonly error: CollectError };

/** The machine as far as finding PowerShell is concerned. */
export interface Machine {
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** What the configuration says about PowerShell. */
export interface WantedPowerShell {
  readonly executable: string | null;
  readonly modulePath: string | null;
}

/**
 * Finds the PowerShell to start, as an absolute path.
 * Without a configured one this is Windows PowerShell in the system folder, never what PATH happens to name.
 */
export async function findExecutable(wanted: WantedPowerShell, machine: Machine): Promise<FoundExecutable> {
  const windows = machine.platform === 'win32';
  if (wanted.executable === null && windows) return checked(windowsPowerShell(machine));
  if (wanted.executable === null && wanted.modulePath === null) {
    return { ok: false, error: collectError('PLATFORM_UNSUPPORTED', `it runs ${machine.platform}`) };
  }
  const executable = wanted.executable ?? 'pwsh';
  const path = windows ? win32 : posix;
  if (path.isAbsolute(executable)) return checked(executable);
  if (/[\\/]/.test(executable)) {
    return missing(
      `${executable} is a relative path; expected an absolute path, or a bare name to look for on PATH`,
      executable,
    );
  }
  return findOnPath(executable, machine);
}

function windowsPowerShell({ arch, env }: Machine): string {
  const root = lookUp(env, 'SystemRoot') ?? 'C:\\Windows';
  // A 32-bit process is shown 32-bit programs in System32; Sysnative is the real one.
  const redirected = arch === 'ia32' && lookUp(env, 'PROCESSOR_ARCHITEW6432') !== undefined;
  const folder = redirected ? 'Sysnative' : 'System32';
  return win32.join(root, folder, 'WindowsPowerShell', 'v1.0', 'powershell.exe');
}

async function findOnPath(name: string, { platform, env }: Machine): Promise<FoundExecutable> {
  const windows = platform === 'win32';
  const path = windows ? win32 : posix;
  const endings = windows && win32.extname(name) === '' ? ['.exe', '.cmd'] : [''];
  for (const folder of (lookUp(env, 'PATH') ?? '').split(windows ? ';' : ':')) {
    if (!path.isAbsolute(folder)) continue;
    for (const ending of endings) {
      const found = await checked(path.join(folder, name + ending));
      if (found.ok) return found;
    }
  }
  return missing(`${name} is in no folder on PATH`, name);
}

async function checked(path: string): Promise<FoundExecutable> {
  try {
    if (!(await stat(path)).isFile()) return missing(`${path} is no file`, path);
    await access(path, constants.X_OK);
    return { ok: true, path };
  } catch (error) {
    return missing(`${path}: ${systemErrorText(error)}`, path);
  }
}

function missing(why: string, path: string): FoundExecutable {
  return { ok: false, error: collectError('SHELL_MISSING', excerpt(why), path) };
}

/** Names of environment variables are not case-sensitive on Windows, but a copied object is. */
function lookUp(env: Machine['env'], name: string): string | undefined {
  const wanted = name.toUpperCase();
  return env[name] ?? Object.entries(env).find(([key]) => key.toUpperCase() === wanted)?.[1];
}
