import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { byName, type PackageFile, sha256, sumsText } from './files.ts';
import { msiSource } from './msi-source.ts';
import { stampSummary } from './msi-summary.ts';
import { tableStatements } from './msi-tables.ts';
import { uuid } from './uuid.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface MsiInput {
  readonly version: string;
  /** Those of the archive. */
  readonly files: readonly PackageFile[];
  /** The time of everything in it, UTC. */
  readonly at: Date;
}

/**
 * An MSI for x64 with the files of the archive, and the script that it runs. The same input gives the same bytes with the
 * same wixl.
 */
export function makeMsi({ version, files, at }: MsiInput): Buffer {
  const packed = [...files, installerScript()].sort(byName);
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-agent-msi-'));
  try {
    stage(packed, join(folder, 'files'), at);
    // By a name that is the same each time: it may end up in the result.
    const source = msiSource(packed, version, 'files');
    writeFileSync(join(folder, 'agent.wxs'), source);
    const statements = tableStatements(version);
    run('wixl', ['-a', 'x64', '-o', 'agent.msi', 'agent.wxs'], folder);
    run('msibuild', ['agent.msi', ...statements.flatMap((statement) => ['-q', statement])], folder);
    const msi = readFileSync(join(folder, 'agent.msi'));
    // Windows Installer takes two files with the same package code for the same file.
    const content = [source, ...statements, sumsText(packed), at.toISOString()].join('\n');
    stampSummary(msi, uuid(`package ${sha256(Buffer.from(content))}`), at);
    return msi;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function installerScript(): PackageFile {
  return { name: 'msi.ps1', bytes: readFileSync(join(ROOT, 'service/msi.ps1')), origin: 'this project' };
}

/** All with the same time and modes, which a cabinet keeps. */
function stage(files: readonly PackageFile[], folder: string, at: Date): void {
  for (const { name, bytes } of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, bytes);
    chmodSync(path, 0o644);
    utimesSync(path, at, at);
  }
}

function run(program: 'wixl' | 'msibuild', args: readonly string[], folder: string): void {
  const debianPackage = program === 'wixl' ? 'wixl' : 'msitools';
  try {
    const env = { ...process.env, TZ: 'UTC', LC_ALL: 'C.UTF-8' };
    execFileSync(program, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], encoding: 'utf8' });
  } catch (error) {
    const { code, stderr, message } = Object(error);
    if (code === 'ENOENT') {
      throw new Error(
        `${program} is not installed; it makes the MSI (Debian: apt-get install ${debianPackage})`,
      );
    }
    throw new Error(`${program} failed: ${stderr || message}`);
  }
}
