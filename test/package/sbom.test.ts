import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PackageContents, packageContents } from '../../tools/package/contents.ts';

const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));

interface Component {
  readonly name: string;
  readonly version: string;
  readonly purl: string;
  readonly licenses: readonly object[];
  readonly hashes: readonly { readonly alg: string; readonly content: string }[];
}

interface Locked {
  readonly version: string;
  readonly integrity: string;
}

const lock: Readonly<Record<string, Locked>> = JSON.parse(readFileSync('package-lock.json', 'utf8')).packages;

/** Folders of packages that files of the archive are, or say that they were bundled from. */
function foldersIn({ files }: PackageContents): readonly string[] {
  const places = files.flatMap(({ name, bytes }) =>
    name.endsWith('.mjs')
      ? [...bytes.toString('utf8').matchAll(/^\s*\/\/ (node_modules\/.*)$/gm)].map(([, place]) => place ?? '')
      : [name],
  );
  const folder = /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/;
  return [...new Set(places.flatMap((place) => folder.exec(place)?.[0] ?? []))];
}

describe('the bill of materials', { timeout: 120_000 }, () => {
  let made: PackageContents;
  let components: readonly Component[];
  beforeAll(async () => {
    made = await packageContents({ commit: '0123456789ab', at: AT }, true);
    components = JSON.parse(made.sbom).components;
  }, 600_000);

  it('has every package of npm whose files are in the archive, or are bundled in it', () => {
    const folders = foldersIn(made);
    expect(folders).toEqual(
      expect.arrayContaining([
        'node_modules/zod',
        'node_modules/p-queue/node_modules/p-timeout',
        'node_modules/koffi',
        'node_modules/@koromix/koffi-win32-x64',
      ]),
    );
    const listed = new Set(components.map(({ name, version }) => `${name} ${version}`));
    const missing = folders
      .map((folder) => `${folder.replace(/^.*node_modules\//, '')} ${lock[folder]?.version}`)
      .filter((each) => !listed.has(each));
    expect(missing).toEqual([]);
  });

  it('has the native part of koffi as what the lockfile pins', () => {
    const { version = '', integrity = '' } = lock['node_modules/@koromix/koffi-win32-x64'] ?? {};
    expect(components.find(({ name }) => name === '@koromix/koffi-win32-x64')).toEqual({
      type: 'library',
      'bom-ref': `pkg:npm/%40koromix/koffi-win32-x64@${version}`,
      name: '@koromix/koffi-win32-x64',
      version,
      licenses: [{ license: { id: 'MIT' } }],
      purl: `pkg:npm/%40koromix/koffi-win32-x64@${version}`,
      hashes: [{ alg: 'SHA-512', content: sha512Of(integrity) }],
    });
  });

  it('has the hash that the lockfile pins for each package of npm', () => {
    const pinned = new Map(
      Object.entries(lock).map(([folder, { version, integrity }]) => [
        `${folder.replace(/^.*node_modules\//, '')} ${version}`,
        integrity,
      ]),
    );
    const packages = components.filter(({ purl }) => purl.startsWith('pkg:npm/'));
    expect(packages.length).toBeGreaterThan(20);
    for (const { name, version, hashes } of packages) {
      const content = sha512Of(pinned.get(`${name} ${version}`) ?? '');
      expect([name, hashes]).toEqual([name, [{ alg: 'SHA-512', content }]]);
    }
  });
});

/** As CycloneDX writes what npm writes as `sha512-` and base64. */
function sha512Of(integrity: string): string {
  expect(integrity).toMatch(/^sha512-/);
  return Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
}
