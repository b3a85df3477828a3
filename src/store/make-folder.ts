import { mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { systemCode } from '../core/error-codes/system-error.ts';

/**
 * Makes a folder and the parents it lacks, each once; one that is there is left as it is. Throws what the file system says.
 * `mkdirSync` with `recursive` is not used: where a parent exists and yet nothing can be made in it (`/proc`, a drive
 * that went away), it tries for ever, and no signal ends it.
 * @param mode rights of what is made, where the system knows such
 */
export function makeFolder(path: string, mode = 0o777): void {
  const missing: string[] = [];
  for (let at = resolve(path); !isFolder(at); at = dirname(at)) {
    missing.unshift(at);
    if (dirname(at) === at) break;
  }
  for (const folder of missing) {
    try {
      mkdirSync(folder, { mode });
    } catch (error) {
      // Somebody else may have made it meanwhile.
      if (systemCode(error) !== 'EEXIST' || !isFolder(folder)) throw error;
    }
  }
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
