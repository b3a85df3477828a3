import { cpSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { npmPackage, type PinnedPackage } from './npm-package.ts';

const ROOT = join(import.meta.dirname, '..');
const NATIVE = '@koromix/koffi-win32-x64';

/** The packages of npm that {@link placeKoffi} takes files from. */
export const KOFFI_PACKAGES = ['koffi', NATIVE] as const;

/** What of koffi is loaded at run time on Windows, and its licence; the rest are sources and documentation. */
const LOADER_FILES = [
  'package.json',
  'index.js',
  'src/koffi/index.js',
  'src/koffi/src/static.js',
  'LICENSE.txt',
];
const NATIVE_FILES = ['package.json', 'index.js', 'win32_x64/koffi.node'];

/** Puts koffi for Windows beside the service host in a folder, as `node_modules`. */
export async function placeKoffi(folder: string): Promise<void> {
  const modules = join(folder, 'node_modules');
  copyFiles(join(ROOT, 'node_modules', 'koffi'), join(modules, 'koffi'), LOADER_FILES);
  copyFiles(await npmPackage(lockedPackage(NATIVE)), join(modules, NATIVE), NATIVE_FILES);
}

function copyFiles(from: string, to: string, files: readonly string[]): void {
  for (const file of files) {
    mkdirSync(dirname(join(to, file)), { recursive: true });
    cpSync(join(from, file), join(to, file));
  }
}

/** npm installs it on Windows only; the lockfile knows it everywhere. */
function lockedPackage(name: string): PinnedPackage {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const { version, integrity } = lock.packages[`node_modules/${name}`];
  return { name, version, integrity };
}
