import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  symlinkSync,
} from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { pwshPath } from '../hyperv/stand-in.ts';
import { driveC } from './prefix.ts';

const PROGRAM = 'pwsh.exe';

/**
 * The folder of a PowerShell 7 for Windows (win-x64), or null: then tests that need it are skipped. It is the one that
 * PWSH_WIN names, else where `pwsh.exe` is on PATH, else beside the `pwsh` of this machine, in a folder of the same name
 * and `-win`.
 */
export function windowsPowerShellFolder(): string | null {
  const { PWSH_WIN, PATH = '' } = process.env;
  if (PWSH_WIN !== undefined) {
    if (!isFolderOfIt(PWSH_WIN))
      throw new Error(`PWSH_WIN=${PWSH_WIN}: expected a folder with ${PROGRAM} in it`);
    return PWSH_WIN;
  }
  const pwsh = pwshPath();
  const beside = pwsh === null ? [] : [`${dirname(realpathSync(pwsh))}-win`];
  return [...PATH.split(delimiter), ...beside].find(isFolderOfIt) ?? null;
}

/**
 * Puts it where Windows has its own PowerShell, under that name, for the stub that Wine has there: whatever starts
 * `powershell.exe` starts it. With the next start of Wine the stub is back.
 */
export function placeWindowsPowerShell(from: string): void {
  const folder = join(driveC(), 'windows', 'system32', 'WindowsPowerShell');
  const place = join(folder, 'v1.0');
  renameSync(place, join(folder, 'of Wine'));
  mkdirSync(place);
  for (const name of readdirSync(from))
    if (name !== PROGRAM) symlinkSync(join(from, name), join(place, name));
  copyFileSync(join(from, PROGRAM), join(place, 'powershell.exe'));
}

function isFolderOfIt(folder: string): boolean {
  return folder !== '' && existsSync(join(folder, PROGRAM));
}
