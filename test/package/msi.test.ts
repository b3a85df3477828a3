import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeMsi } from '../../tools/package/msi.ts';
import { OLDEST_BUILD } from '../../tools/package/msi-source.ts';
import { stampSummary } from '../../tools/package/msi-summary.ts';
import { isMissing } from '../peers.ts';
import { smallPackage } from './small-package.ts';

const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));

/** Those that say what the installer does; the others say the same of every MSI. */
const TABLES = [
  'Directory',
  'File',
  'AppSearch',
  'RegLocator',
  'LaunchCondition',
  'CustomAction',
  'InstallExecuteSequence',
  'Property',
  'ServiceControl',
  'Upgrade',
];

describe.skipIf(isMissing('wixl') || isMissing('msiinfo'))('the MSI', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'msi-test-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const make = (version: string): Buffer => makeMsi({ version, files: smallPackage(version), at: AT });
  const ask = (msi: Buffer, ...words: readonly [string, ...string[]]): string => {
    const path = join(folder, 'asked.msi');
    writeFileSync(path, msi);
    const [command, ...rest] = words;
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C' };
    const { status, stdout } = spawnSync('msiinfo', [command, path, ...rest], { encoding: 'utf8', env });
    expect(status).toBe(0);
    return stdout.replaceAll('\r\n', '\n');
  };
  const table = (msi: Buffer, name: string): string => {
    const [head = '', , , ...rows] = withoutSizes(ask(msi, 'export', name))
      .trimEnd()
      .split('\n');
    return [`== ${name}: ${head.replaceAll('\t', ' | ')}`, ...rows.sort()].join('\n').replaceAll('\t', ' | ');
  };

  it('lays down the files of the archive, and has the script set up the service and take it down', async () => {
    const msi = make('0.2.0');
    const tables = TABLES.map((name) => `${table(msi, name)}\n`);
    await expect(`${tables.join('\n')}\n${ask(msi, 'suminfo')}`).toMatchFileSnapshot('msi.txt');
  });

  it('is for the same Windows as install.ps1', () => {
    const [, oldest] =
      /^\$OldestBuild = (\d+)$/m.exec(readFileSync('service/setup/preflight.ps1', 'utf8')) ?? [];
    expect(OLDEST_BUILD).toBe(Number(oldest));
  });

  it('is the same to the byte when it is made again, and another package when anything in it is another', () => {
    const [one, again, other] = [make('0.2.0'), make('0.2.0'), make('0.2.1')];
    expect(one.equals(again)).toBe(true);
    const code = (msi: Buffer): string | undefined => /\(UUID\): (\{.*\})/.exec(ask(msi, 'suminfo'))?.[1];
    expect(code(other)).not.toBe(code(one));
  });

  it('is another product with each version, of one family, and tells 1.0.0 and what came before it apart by that', () => {
    const property = (version: string, name: string): string | undefined =>
      new RegExp(`^${name} \\| (.*)$`, 'm').exec(table(make(version), 'Property'))?.[1];
    const [before, release] = ['1.0.0-rc.1', '1.0.0'];
    expect(property(before, 'ProductVersion')).toBe(property(release, 'ProductVersion'));
    expect(property(before, 'ProductCode')).not.toBe(property(release, 'ProductCode'));
    expect(property(before, 'UpgradeCode')).toBe(property(release, 'UpgradeCode'));
  });
});

/** Of files, which change with every line of a script. */
function withoutSizes(exported: string): string {
  return exported.replaceAll(/^(f[0-9a-f]{20}\t[^\t]*\t[^\t]*\t)\d+/gm, '$1…');
}

describe(stampSummary, () => {
  it('refuses what is no MSI', () => {
    const code = '00000000-0000-8000-A000-000000000000';
    expect(() => stampSummary(Buffer.alloc(4096), code, AT)).toThrow('not one summary information');
  });
});
