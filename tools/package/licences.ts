import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { licenceText } from './licence-text.ts';

/** A package of npm whose code is in the artefacts. */
export interface BundledPackage {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  /** As the lockfile has it; `null` for what is no dependency. */
  readonly integrity: string | null;
  /** The text of its licence. */
  readonly text: string;
}

/** The packages that the inputs of a bundle come from, by name. */
export function bundledPackages(inputs: readonly string[], root: string): readonly BundledPackage[] {
  const folders = inputs.flatMap(
    (input) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(input)?.[0] ?? [],
  );
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  return [...new Set(folders)].sort().map((folder) => {
    const integrity: unknown = lock[folder]?.integrity;
    return packageAt(join(root, folder), typeof integrity === 'string' ? integrity : null);
  });
}

/** The package in a folder, with the terms it is under. Fails when it does not say which. */
export function packageAt(folder: string, integrity: string | null): BundledPackage {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') {
    throw new Error(
      `${name} ${version}: its package.json declares no licence; expected an SPDX identifier, such as "MIT"`,
    );
  }
  const holder = authorName(author) ?? `the authors of ${name}`;
  const text = licenceText(folder, { name, version, licence: license, holder });
  return { name, version, licence: license, integrity, text };
}

/** npm allows `{ "name": "…" }` and `"… <mail> (site)"`. */
function authorName(author: unknown): string | null {
  const said: unknown = typeof author === 'string' ? author : Object(author).name;
  return typeof said === 'string' ? said.replace(/\s*[<(].*$/, '') : null;
}

/** The text of LICENCES.txt: what of others is in the package, and under which terms. */
export function licencesText(packages: readonly BundledPackage[]): string {
  const head = 'hyperv-checkpoint-agent holds code of the following packages.\n';
  const list = packages.map(({ name, version, licence }) => `  ${name} ${version} (${licence})\n`);
  const texts = packages.map(
    ({ name, version, text }) =>
      `\n${'='.repeat(100)}\n${name} ${version}\n${'='.repeat(100)}\n\n${text.trimEnd()}\n`,
  );
  return `${head}\n${list.join('')}${texts.join('')}`;
}
