import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A file of the package, by its name in it. */
export interface PackageFile {
  /** With forward slashes. */
  readonly name: string;
  readonly bytes: Buffer;
  /** Where it comes from, for people. */
  readonly origin: string;
}

/** Every file below a folder, by name. */
export function filesBelow(folder: string, origin: string, into = ''): readonly PackageFile[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = join(entry.parentPath, entry.name);
      const name = relative(folder, path).split(sep).join('/');
      return { name: `${into}${name}`, bytes: readFileSync(path), origin };
    })
    .sort(byName);
}

/** A text made here. */
export function textFile(name: string, text: string, origin: string): PackageFile {
  return { name, bytes: Buffer.from(text, 'utf8'), origin };
}

/** Order by code units: the same on every machine, whatever its language. */
export function byName(a: { readonly name: string }, b: { readonly name: string }): number {
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0;
}

export function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** As `sha256sum` writes and checks them. */
export function sumsText(files: readonly Pick<PackageFile, 'name' | 'bytes'>[]): string {
  return files.map(({ name, bytes }) => `${sha256(bytes)}  ${name}\n`).join('');
}

/** Every file with its digest and where it comes from, and what there is to be said beside. */
export function originsText(files: readonly PackageFile[], note: string): string {
  const width = Math.max(...files.map(({ name }) => name.length));
  const lines = files.map(
    ({ name, bytes, origin }) => `${sha256(bytes)}  ${name.padEnd(width)}  ${origin}\n`,
  );
  return `Each file of this package, its SHA-256, and where it comes from.\n\n${lines.join('')}\n${note}`;
}
