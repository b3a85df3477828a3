import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageContents } from '../../tools/package/contents.ts';

const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));

describe('--skip-signature', { timeout: 120_000 }, () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'skip-signature-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it('has ORIGINS.txt say that nothing of the signature was checked', async () => {
    const { files } = await packageContents({ commit: '0123456789ab', at: AT }, true);
    const origins = files.find(({ name }) => name === 'ORIGINS.txt')?.bytes.toString('utf8');
    expect(origins).toMatch(/ node\.exe +Node\.js \d[\d.]+ from npm, its signature not checked \(npm/);
    expect(origins).toMatch(/\nThe signature of node\.exe was not checked .*\(--skip-signature\)/);
    expect(origins).not.toMatch(/as signed|led to/);
  });

  describe.skipIf(process.platform === 'win32')('where osslsigncode is not installed', () => {
    const build = (...options: readonly string[]) => {
      const args = ['tools/package.ts', ...options];
      const env = { ...process.env, PATH: pathWith(folder, ['git', 'npm', 'node', 'tar', 'gzip']) };
      return spawnSync(process.execPath, args, { encoding: 'utf8', env });
    };

    it('without the option the build fails, and says what to install', () => {
      const { status, stdout, stderr } = build();
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toContain(
        'osslsigncode is not installed; it checks the signature of node.exe (Debian: apt-get install osslsigncode). Or give --skip-signature',
      );
    });

    it('with it the build says so and goes on, as far as to the MSI', () => {
      const { status, stdout, stderr } = build('--skip-signature');
      expect(stderr).toMatch(/^The signature of node\.exe was not checked .*\(--skip-signature\)/);
      // That is not installed either: nothing is written into out/ by a test.
      expect(stderr).toContain('wixl is not installed');
      expect([status, stdout]).toEqual([1, '']);
    });
  });
});

/** A folder with these programs alone, as a PATH. */
function pathWith(root: string, programs: readonly string[]): string {
  const path = mkdtempSync(join(root, 'bin-'));
  for (const program of programs) {
    const found = (process.env.PATH ?? '')
      .split(delimiter)
      .map((each) => join(each, program))
      .find(existsSync);
    if (found !== undefined) symlinkSync(found, join(path, program));
  }
  return path;
}
