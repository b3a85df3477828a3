import { randomUUID } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { systemCode, systemErrorText } from '../core/error-codes/system-error.ts';

/** Whether something has that name already; what cannot be asked shows itself when it is written. */
export async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

/**
 * Writes a file for its owner's eyes, which appears whole or not at all; an existing one is replaced.
 * @returns `null`, or in words why it could not be written.
 */
export async function writeWholeFile(path: string, content: string | Buffer): Promise<string | null> {
  const unfinished = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    // Names of VMs and paths are nobody else's business.
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    return null;
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    // The system names the unfinished file, which nobody asked for.
    if (systemCode(error) === 'ENOENT') return `there is no folder ${dirname(path)}`;
    return systemErrorText(error);
  }
}
