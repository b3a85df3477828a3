import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageContents, revision } from '../../tools/package/contents.ts';
import { byName, type PackageFile, sumsText } from '../../tools/package/files.ts';
import { windowsNodeForWine } from './nodes.ts';

export interface WinePackage {
  readonly version: string;
  readonly files: readonly PackageFile[];
}

const SUMS = 'SHA256SUMS';

/**
 * What `npm run package` packs, with two files altered so that it can be tried under Wine: node.exe, which Wine cannot
 * start as it is, and setup/windows.ps1, which is given what Wine lacks.
 */
export async function packageForWine(): Promise<WinePackage> {
  const { version, files } = await packageContents(revision(), true);
  const node = readFileSync(await windowsNodeForWine());
  const lacking = readFileSync(join(import.meta.dirname, 'what-wine-lacks.ps1'));
  const altered = alter(files, {
    'node.exe': () => node,
    'setup/windows.ps1': (bytes) => Buffer.concat([bytes, lacking]),
  });
  return { version, files: altered };
}

/** The same as another version, which is what the agent says as well. */
export function asVersion({ version, files }: WinePackage, next: string): WinePackage {
  const [was, is] = [version, next].map((each) => `version: "${each}"`);
  if (was === undefined || is === undefined) throw new Error('two versions');
  const saying = files.filter(({ name, bytes }) => /^[^/]+\.mjs$/.test(name) && bytes.includes(was));
  if (saying.length !== 2) throw new Error('agent and service host were to say their version');
  const say = (bytes: Buffer): Buffer => Buffer.from(bytes.toString('utf8').replace(was, is), 'utf8');
  return {
    version: next,
    files: alter(files, {
      VERSION: () => Buffer.from(`${next}\n`),
      ...Object.fromEntries(saying.map(({ name }) => [name, say])),
    }),
  };
}

/**
 * The same with an agent that looks sound until it runs as a service: then it spoils the database, as a wrong migration
 * would, and ends.
 */
export function spoiling({ version, files }: WinePackage): WinePackage {
  const name = 'checkpoint-agent.mjs';
  const whole = 'whole-agent.mjs';
  const moved = files.map((file) => (file.name === name ? { ...file, name: whole } : file));
  const text = `import { writeFileSync } from 'node:fs';
const at = process.argv.indexOf('--state-dir');
if (at === -1) await import('./${whole}');
else {
  writeFileSync(process.argv[at + 1] + '\\\\agent.db', '${SPOILT}');
  process.exit(1);
}
`;
  const broken = { name, bytes: Buffer.from(text), origin: 'a test' };
  return { version, files: alter([...moved, broken].sort(byName), {}) };
}

/** All there is in the database then. */
export const SPOILT = 'spoilt';

/** As an administrator unpacks the archive. */
export function unpack({ files }: WinePackage, folder: string): void {
  for (const { name, bytes } of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

/** With their sums made anew. */
function alter(
  files: readonly PackageFile[],
  changes: Readonly<Record<string, (bytes: Buffer) => Buffer>>,
): readonly PackageFile[] {
  const altered = files
    .filter(({ name }) => name !== SUMS)
    .map((file) => ({ ...file, bytes: changes[file.name]?.(file.bytes) ?? file.bytes }));
  const sums = { name: SUMS, bytes: Buffer.from(sumsText(altered)), origin: 'a test' };
  return [...altered, sums].sort(byName);
}
