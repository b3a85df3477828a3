import { accessSync, constants } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/**
 * The PowerShell for what needs no stand-in: the one that CHECKPOINT_TEST_POWERSHELL names, such as `powershell.exe` for
 * Windows PowerShell 5.1, else the first PowerShell 7 on PATH; null when there is none, and tests are skipped then.
 */
export const POWERSHELL = powershellPath();

function powershellPath(): string | null {
  const chosen = process.env.CHECKPOINT_TEST_POWERSHELL;
  if (!chosen) return onPath(process.platform === 'win32' ? 'pwsh.exe' : 'pwsh');
  const path = isAbsolute(chosen) ? chosen : onPath(chosen);
  // Whoever chose it does not want to see everything skipped.
  if (path === null) throw new Error(`CHECKPOINT_TEST_POWERSHELL names ${chosen}, which is not on the PATH`);
  return path;
}

function onPath(program: string): string | null {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const candidate = join(folder, program);
    try {
      accessSync(candidate, constants.X_OK);
      return candidate;
    } catch {
      // Not in this folder.
    }
  }
  return null;
}
