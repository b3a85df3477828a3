import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeMsi } from '../../tools/package/msi.ts';
import { smallPackage } from '../package/small-package.ts';
import { isMissing } from '../peers.ts';
import { windowsPath } from './prefix.ts';
import { usualPlaces } from './windows-machine.ts';
import { bootWine, type Wine } from './wine.ts';

const isAbsent = isMissing('wine64') || isMissing('wixl') || isMissing('msiinfo');
const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));

/** Wine's powershell.exe does nothing and says that all is well: here files are laid down, and what msi.ps1 does is tested elsewhere. */
describe.skipIf(isAbsent)('the MSI on a Windows without PowerShell', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program: string;

  beforeAll(async () => {
    wine = await bootWine();
    program = usualPlaces().program;
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  const msiOf = (version: string): string => {
    const path = join(wine.home, `Überwachung ${version}.msi`);
    writeFileSync(path, makeMsi({ version, files: smallPackage(version), at: AT }));
    return windowsPath(path);
  };
  const laidDown = (): readonly string[] =>
    globSync('**', { cwd: program })
      .filter((name) => statSync(join(program, name)).isFile())
      .sort();
  const packed = (version: string): readonly string[] =>
    [...smallPackage(version).map(({ name }) => name), 'msi.ps1'].sort();

  it('lays down the files, replaces them with those of a newer version, refuses an older one, and removes them', async () => {
    const [older, newer] = [msiOf('0.1.0'), msiOf('0.2.0')];
    expect((await wine.run('msiexec', '/i', older, '/qn')).code).toBe(0);
    expect(laidDown()).toEqual(packed('0.1.0'));
    expect((await wine.run('msiexec', '/i', newer, '/qn')).code).toBe(0);
    expect(laidDown()).toEqual(packed('0.2.0'));
    expect(readFileSync(join(program, 'node.exe'), 'utf8')).toBe('Node.js of 0.2.0');
    expect((await wine.run('msiexec', '/i', older, '/qn')).code).not.toBe(0);
    expect(laidDown()).toEqual(packed('0.2.0'));
    expect((await wine.run('msiexec', '/x', newer, '/qn')).code).toBe(0);
    expect(existsSync(program)).toBe(false);
  });

  it('refuses a Windows that is too old, before it lays down anything', async () => {
    const key = 'HKLM\\Software\\Microsoft\\Windows NT\\CurrentVersion';
    const setBuild = (build: string) =>
      wine.run('reg', 'add', key, '/v', 'CurrentBuildNumber', '/d', build, '/f', '/reg:64');
    const { out } = await wine.run('reg', 'query', key, '/v', 'CurrentBuildNumber', '/reg:64');
    const [, own = ''] = /REG_SZ\s+(\d+)/.exec(out) ?? [];
    const msi = msiOf('0.1.0');
    try {
      for (const build of ['9600', '14392']) {
        await setBuild(build);
        expect((await wine.run('msiexec', '/i', msi, '/qn')).code).not.toBe(0);
        expect(existsSync(program)).toBe(false);
      }
      // More digits than a text would be compared by.
      for (const build of ['14393', '100000']) {
        await setBuild(build);
        expect((await wine.run('msiexec', '/i', msi, '/qn')).code).toBe(0);
        expect((await wine.run('msiexec', '/x', msi, '/qn')).code).toBe(0);
      }
    } finally {
      await setBuild(own);
    }
  });
});
