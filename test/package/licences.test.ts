import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageAt } from '../../tools/package/licences.ts';

const SAYS_SO =
  'The package ships no licence file. Its package.json declares MIT: this is the standard text of that licence, with the author it names as the holder.\n';

describe(packageAt, () => {
  let root: string;
  beforeAll(() => {
    root = mkdtempSync(join(tmpdir(), 'licences-test-'));
  });
  afterAll(() => rmSync(root, { recursive: true }));

  /** A package as npm unpacks it. */
  const unpacked = (declared: object, files: Readonly<Record<string, string>>): string => {
    const folder = mkdtempSync(join(root, 'package-'));
    const about = JSON.stringify({ name: 'left-pad', version: '1.2.3', ...declared });
    for (const [name, text] of Object.entries({ 'package.json': about, ...files })) {
      writeFileSync(join(folder, name), text);
    }
    return folder;
  };
  const textOf = (declared: object, files: Readonly<Record<string, string>> = {}): string =>
    packageAt(unpacked(declared, files), null).text;

  it.each(['LICENSE', 'LICENCE.md', 'license.txt', 'COPYING'])('takes %s as the package ships it', (file) => {
    const text = textOf({ license: 'ISC', author: 'Ann' }, { [file]: 'Terms of\r\nAnn.\r\n' });
    expect(text).toBe('Terms of\nAnn.\n');
  });

  it.each([
    ['a line', 'Ann Doe <ann@example.com> (https://example.com)', 'Ann Doe'],
    ['an object', { name: 'Ann Doe', email: 'ann@example.com' }, 'Ann Doe'],
    ['nothing', undefined, 'the authors of left-pad'],
  ])(
    'puts the standard text where none is shipped, in the name of an author who is %s',
    (_form, author, holder) => {
      const text = textOf({ license: 'MIT', author }, { 'README.md': 'no terms' });
      expect(text).toContain(
        `${SAYS_SO}\nMIT License\n\nCopyright (c) ${holder}\n\nPermission is hereby granted`,
      );
      expect(text).toContain('THE SOFTWARE IS PROVIDED "AS IS"');
    },
  );

  it.each(['UNLICENSED', 'SEE LICENSE IN terms.md', 'Beerware', '../licences/MIT'])(
    'refuses a package that ships no text and declares "%s", by name',
    (license) => {
      expect(() => textOf({ license })).toThrow(
        `left-pad 1.2.3 ships no licence file and declares "${license}", whose text is not known here: expected tools/package/licences/${license}.txt`,
      );
    },
  );

  it.each([{}, { license: { type: 'MIT' } }, { licenses: ['MIT'] }])(
    'refuses a package that declares no licence, by name: %j',
    (declared) => {
      expect(() => textOf(declared, { LICENSE: 'terms' })).toThrow(
        'left-pad 1.2.3: its package.json declares no licence; expected an SPDX identifier, such as "MIT"',
      );
    },
  );

  it('does not take a folder of licences for a text', () => {
    const folder = unpacked({ license: 'MIT', author: 'Ann' }, {});
    mkdirSync(join(folder, 'licenses'));
    expect(packageAt(folder, null).text).toContain(SAYS_SO);
  });
});
