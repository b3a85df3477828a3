import { execFile } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** A published package, to the byte. */
export interface PinnedPackage {
  readonly name: string;
  readonly version: string;
  /** As npm writes it: `sha512-` and base64. */
  readonly integrity: string;
}

/** Where tools keep what they have fetched or made once. */
export function cacheFolder(): string {
  const cache = process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache');
  return join(cache, 'hyperv-checkpoint-agent');
}

/**
 * The folder of an unpacked package that is no dependency of this project. npm fetches it, from where it is configured
 * to; it is checked, and kept for the next time.
 */
export async function npmPackage(pinned: PinnedPackage): Promise<string> {
  const { name, version, integrity } = pinned;
  const digest = createHash('sha256').update(integrity).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'npm', `${name.replace('/', '+')}-${version}-${digest}`);
  if (existsSync(folder)) return join(folder, 'package');
  const making = `${folder}.${randomUUID()}`;
  await mkdir(making, { recursive: true });
  try {
    const archive = await pack(pinned, making);
    const found = `sha512-${createHash('sha512')
      .update(await readFile(archive))
      .digest('base64')}`;
    if (found !== integrity) {
      throw new Error(`${name}@${version} is not what it was: ${found} instead of ${integrity}`);
    }
    await execute('tar', ['-xzf', archive, '-C', making]);
    await rm(archive);
    await rename(making, folder);
  } catch (error) {
    await rm(making, { recursive: true, force: true });
    // Somebody else may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
  return join(folder, 'package');
}

async function pack({ name, version }: PinnedPackage, into: string): Promise<string> {
  const command = ['pack', `${name}@${version}`, '--json', '--pack-destination', into];
  const { stdout } = await execute('npm', command);
  const [packed]: readonly { readonly filename: string }[] = JSON.parse(stdout);
  if (packed === undefined) throw new Error(`npm packed nothing for ${name}@${version}`);
  return join(into, packed.filename);
}
