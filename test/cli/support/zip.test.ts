import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { zip } from '../../../src/cli/support/zip.ts';
import { POWERSHELL } from '../../powershell.ts';
import { unzip } from './unzip.ts';

const AT = Date.UTC(2026, 10, 24, 15, 26, 42);

describe('the archive', () => {
  it('holds what was put in', () => {
    const bytes = fc.uint8Array({ maxLength: 500 }).map((array) => Buffer.from(array));
    const entry = fc.record({ name: fc.stringMatching(/^[a-z]{1,8}(\/[a-z]{1,8}\.txt)?$/), bytes });
    fc.assert(
      fc.property(fc.uniqueArray(entry, { selector: ({ name }) => name }), (entries) => {
        expect([...unzip(zip(entries, AT))]).toEqual(entries.map(({ name, bytes }) => [name, bytes]));
      }),
    );
  });

  it('is the same for the same, and small for what repeats itself', () => {
    const entries = [{ name: 'a', bytes: Buffer.alloc(1_000_000, 'x') }];
    expect(zip(entries, AT)).toEqual(zip(entries, AT));
    expect(zip(entries, AT).length).toBeLessThan(2000);
  });

  it('says that names are UTF-8', () => {
    const archive = zip([{ name: 'größe.txt', bytes: Buffer.alloc(0) }], AT);
    expect(archive.readUInt16LE(6)).toBe(0x0800);
    expect(archive.includes(Buffer.from('größe.txt', 'utf8'))).toBe(true);
  });

  it.skipIf(POWERSHELL === null)('is opened by .NET, as on Windows', () => {
    const folder = mkdtempSync(join(tmpdir(), 'zip-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const random = Buffer.from(Array.from({ length: 300 }, (_, index) => (index * 7919) % 251));
    const entries = [
      { name: 'MANIFEST.txt', bytes: Buffer.from('hello '.repeat(1000)) },
      { name: 'logs/agent.log', bytes: random },
      { name: 'empty.txt', bytes: Buffer.alloc(0) },
    ];
    writeFileSync(join(folder, 'a.zip'), zip(entries, AT));
    const script = `
      Add-Type -AssemblyName System.IO.Compression.FileSystem
      [IO.Compression.ZipFile]::ExtractToDirectory('${folder}/a.zip', '${folder}/out')
      $archive = [IO.Compression.ZipFile]::OpenRead('${folder}/a.zip')
      $archive.Entries | ForEach-Object { $_.FullName + ' ' + $_.LastWriteTime.DateTime.ToString('yyyy-MM-dd HH:mm:ss') }`;
    const said = execFileSync(POWERSHELL ?? '', ['-NoProfile', '-Command', script], { encoding: 'utf8' });
    expect(said.trim().split(/\r?\n/)).toEqual(entries.map(({ name }) => `${name} 2026-11-24 15:26:42`));
    for (const { name, bytes } of entries) expect(readFileSync(join(folder, 'out', name))).toEqual(bytes);
  });
});
