import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

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

/** Name, version and licence of the package in a folder. One that brings no text of its licence is quoted with what it says. */
export function packageAt(folder: string, integrity: string | null): BundledPackage {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (typeof license !== 'string') throw new Error(`${name} does not say under which licence it is`);
  const file = readdirSync(folder)
    .sort()
    .find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each));
  const by = typeof author === 'string' ? author : (author?.name ?? 'its authors');
  const text =
    file === undefined
      ? `By ${by}. The package says "${license}" and brings no text of that licence.`
      : readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n');
  return { name, version, licence: license, integrity, text };
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
