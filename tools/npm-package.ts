import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

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
export function npmPackage(pinned: PinnedPackage): string {
  const { name, version, integrity } = pinned;
  const digest = createHash('sha256').update(integrity).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), 'npm', `${name.replace('/', '+')}-${version}-${digest}`);
  if (existsSync(folder)) return join(folder, 'package');
  const making = `${folder}.${randomUUID()}`;
  mkdirSync(making, { recursive: true });
  try {
    const archive = pack(pinned, making);
    const found = `sha512-${createHash('sha512').update(readFileSync(archive)).digest('base64')}`;
    if (found !== integrity) {
      throw new Error(`${name}@${version} is not what it was: ${found} instead of ${integrity}`);
    }
    execFileSync('tar', ['-xzf', archive, '-C', making]);
    rmSync(archive);
    renameSync(making, folder);
  } catch (error) {
    rmSync(making, { recursive: true, force: true });
    // Somebody else may have made it meanwhile.
    if (!existsSync(folder)) throw error;
  }
  return join(folder, 'package');
}

function pack({ name, version }: PinnedPackage, into: string): string {
  const command = ['pack', `${name}@${version}`, '--json', '--pack-destination', into];
  const output = execFileSync('npm', command, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  const [packed]: readonly { readonly filename: string }[] = JSON.parse(output);
  if (packed === undefined) throw new Error(`npm packed nothing for ${name}@${version}`);
  return join(into, packed.filename);
}
