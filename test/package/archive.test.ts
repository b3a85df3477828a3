import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { zip } from '../../src/cli/support/zip.ts';
import { type PackageContents, packageContents } from '../../tools/package/contents.ts';
import { WINDOWS_NODE } from '../../tools/windows-node.ts';
import { isMissing } from '../peers.ts';

const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));
const MIB = 1024 * 1024;

describe.skipIf(isMissing('osslsigncode') || isMissing('unzip'))(
  'the Windows archive',
  { timeout: 120_000 },
  () => {
    let made: PackageContents;
    beforeAll(async () => {
      made = await packageContents({ commit: '0123456789ab', at: AT });
    }, 600_000);
    const text = (name: string): string =>
      made.files.find((file) => file.name === name)?.bytes.toString('utf8') ?? '';

    it('holds what a host needs, and nothing else', async () => {
      // Parts of the bundle are named by their content, and there are many pages of documentation.
      const names = made.files
        .map(({ name }) => name)
        .filter(
          (name) => !/^[\w-]+-[0-9A-Z]{8}\.mjs(\.LEGAL\.txt)?$/.test(name) && !name.startsWith('docs/'),
        );
      await expect(`${names.join('\n')}\n`).toMatchFileSnapshot('contents.txt');
      expect(text('docs/policy.md')).toContain('# Policy');
    });

    it('is the same to the byte when it is made again, and fits', async () => {
      const again = await packageContents({ commit: '0123456789ab', at: AT });
      expect(again.sbom).toBe(made.sbom);
      const [one, other] = [zip(made.files, AT.getTime()), zip(again.files, AT.getTime())];
      expect(one.equals(other)).toBe(true);
      expect(one.length).toBeLessThan(45 * MIB);
    });

    it('is an archive that other programs unpack to the same files', () => {
      const folder = mkdtempSync(join(tmpdir(), 'package-test-'));
      try {
        const small = made.files.filter(({ name }) => name !== 'node.exe');
        const path = join(folder, 'a.zip');
        writeFileSync(path, zip(small, AT.getTime()));
        expect(spawnSync('unzip', ['-q', path, '-d', join(folder, 'out')]).status).toBe(0);
        for (const { name, bytes } of small) {
          expect(readFileSync(join(folder, 'out', name)).equals(bytes)).toBe(true);
        }
      } finally {
        rmSync(folder, { recursive: true });
      }
    });

    it('lists the digest of each file, and where each comes from', () => {
      const sums = new Map(
        text('SHA256SUMS')
          .trimEnd()
          .split('\n')
          .map((line) => [line.slice(66), line.slice(0, 64)]),
      );
      const listed = made.files.filter(({ name }) => name !== 'SHA256SUMS');
      expect([...sums.keys()]).toEqual(listed.map(({ name }) => name));
      for (const { name, bytes } of listed) {
        expect(sums.get(name)).toBe(createHash('sha256').update(bytes).digest('hex'));
      }
      expect(text('ORIGINS.txt')).toMatch(
        new RegExp(
          ` node\\.exe +Node\\.js ${WINDOWS_NODE.replaceAll('.', '\\.')} as signed by the OpenJS Foundation`,
        ),
      );
      expect(text('ORIGINS.txt')).toMatch(/\/koffi\.node +@koromix\/koffi-win32-x64 \d[\d.]+ \(npm\)/);
      expect(text('ORIGINS.txt')).toMatch(/ install\.ps1 +this project, commit 0123456789ab/);
    });

    it('says the version everywhere alike', () => {
      const { version } = JSON.parse(readFileSync('package.json', 'utf8'));
      expect([made.version, text('VERSION').trim()]).toEqual([version, version]);
    });

    it('names every package whose code it holds, with its licence and a bill of materials', () => {
      const bom = JSON.parse(made.sbom);
      expect(bom).toMatchObject({ bomFormat: 'CycloneDX', specVersion: '1.5' });
      expect(bom.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
      const names = bom.components.map(({ name }: { name: string }) => name);
      expect(names).toEqual(
        expect.arrayContaining(['commander', 'koffi', 'node.exe', 'nodemailer', 'yaml', 'zod']),
      );
      expect(new Set(bom.components.map((each: Record<string, string>) => each['bom-ref'])).size).toBe(
        names.length,
      );
      for (const component of bom.components) {
        expect(component).toMatchObject({
          version: expect.stringMatching(/^\d/),
          purl: expect.stringMatching(/^pkg:/),
        });
        expect(component.licenses[0].license.id).toMatch(/^[A-Za-z0-9.-]+$/);
        const isNode = component.name === 'node.exe';
        expect(text('LICENCES.txt')).toContain(
          `\n${isNode ? 'Node.js' : component.name} ${component.version}\n`,
        );
      }
    });
  },
);
