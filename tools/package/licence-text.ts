import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Standard texts, each named by its SPDX identifier. */
const STANDARD_TEXTS = join(import.meta.dirname, 'licences');

/** What a package says of itself. */
export interface Declaration {
  readonly name: string;
  readonly version: string;
  /** An SPDX identifier. */
  readonly licence: string;
  /** Whom it names as its author. */
  readonly holder: string;
}

/**
 * The terms of a package: the licence file in its folder, word for word; without one the standard text of the licence that it
 * declares, which is then said. Fails when there is neither.
 */
export function licenceText(folder: string, { name, version, licence, holder }: Declaration): string {
  const shipped = readdirSync(folder)
    .sort()
    .find((each) => /^(licen[cs]e|copying)(\.|$)/i.test(each));
  if (shipped !== undefined) return readFileSync(join(folder, shipped), 'utf8').replaceAll('\r\n', '\n');
  const standard = `${licence}.txt`;
  if (!readdirSync(STANDARD_TEXTS).includes(standard)) {
    throw new Error(
      `${name} ${version} ships no licence file and declares "${licence}", whose text is not known here: expected tools/package/licences/${standard}`,
    );
  }
  const said = `The package ships no licence file. Its package.json declares ${licence}: this is the standard text of that licence, with the author it names as the holder.`;
  const text = readFileSync(join(STANDARD_TEXTS, standard), 'utf8');
  return `${said}\n\n${text.replace('<copyright holders>', () => holder)}`;
}
