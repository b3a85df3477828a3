import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/**
 * Writes a report to a file that `replayReport` reads. The file appears whole or not at all; an existing one is replaced.
 * @returns `null`, or why it could not be written.
 */
export async function writeReport(path: string, text: string): Promise<string | null> {
  const unfinished = join(dirname(path), `.${randomUUID()}.tmp`);
  try {
    // Names of VMs and paths are nobody else's business.
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(`${text}\n`);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
    return null;
  } catch (error) {
    await rm(unfinished, { force: true }).catch(() => undefined);
    return error instanceof Error ? error.message : String(error);
  }
}
