import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../tools/npm-package.ts';

/** The program that loads Windows programs, for an x64 processor. */
export const LOADER = '/usr/lib/wine/wine64';

/** Folders of drive C in which tests leave things. What the fresh Windows did not have there is removed. */
const WATCHED = [
  '.',
  'Program Files',
  'ProgramData',
  'windows',
  'windows/logs',
  'windows/system32/WindowsPowerShell',
];
const REGISTRY = ['system.reg', 'user.reg', 'userdef.reg'];

/** The folder of the Windows that tests run on: its registry, and its drive C. */
export function prefixFolder(): string {
  return join(cacheFolder(), version());
}

export function driveC(): string {
  return join(prefixFolder(), 'drive_c');
}

/** The path that Windows programs know a file by; on drive C where it lies there. */
export function windowsPath(path: string): string {
  const drive = driveC();
  const [letter, rest] = path.startsWith(`${drive}/`) ? ['C:', path.slice(drive.length)] : ['Z:', path];
  return letter + rest.replaceAll('/', '\\');
}

/** Remembers how Windows is now, while none of its programs runs. */
export function rememberPrefix(): void {
  const kept = keptFolder();
  mkdirSync(kept, { recursive: true });
  for (const name of REGISTRY) cpSync(join(prefixFolder(), name), join(kept, name));
  const names = Object.fromEntries(WATCHED.map((folder) => [folder, readdirSync(join(driveC(), folder))]));
  // Last: with it the copy is whole.
  writeFileSync(join(kept, 'names.json'), JSON.stringify(names));
}

export function isPrefixRemembered(): boolean {
  return existsSync(join(keptFolder(), 'names.json'));
}

/** Makes Windows what it was, also when the last test was killed in the middle: registry and folders. */
export function resetPrefix(): void {
  const names: Record<string, string[]> = JSON.parse(readFileSync(join(keptFolder(), 'names.json'), 'utf8'));
  for (const [folder, kept] of Object.entries(names)) {
    for (const name of readdirSync(join(driveC(), folder))) {
      if (kept.includes(name)) continue;
      rmSync(join(driveC(), folder, name), { recursive: true, force: true, maxRetries: 5 });
    }
  }
  for (const name of REGISTRY) cpSync(join(keptFolder(), name), join(prefixFolder(), name));
}

const keptFolder = (): string => join(prefixFolder(), 'as-made');

let known: string | undefined;

function version(): string {
  known ??= spawnSync(LOADER, ['--version'], { encoding: 'utf8' }).stdout.trim().split(' ')[0] ?? '';
  return known;
}
