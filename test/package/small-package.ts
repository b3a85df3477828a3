import { byName, type PackageFile, sumsText, textFile } from '../../tools/package/files.ts';

/** A package as small as can be, with folders of all depths. */
export function smallPackage(version: string): readonly PackageFile[] {
  const file = (name: string, text: string): PackageFile => textFile(name, text, 'a test');
  const files = [
    file('VERSION', `${version}\n`),
    file('node.exe', `Node.js of ${version}`),
    file('checkpoint-agent.mjs', `agent ${version}`),
    // In the bundle such names change with each version.
    file(`chunk-${version}.mjs`, 'the same in each'),
    file('bin/checkpoint-agent.cmd', '@rem'),
    file('config/examples/cluster.yml', '# the same in each'),
    file('node_modules/@koromix/koffi-win32-x64/index.js', '// the same in each'),
    file("it's a & b.txt", 'the same in each'),
  ].sort(byName);
  return [...files, file('SHA256SUMS', sumsText(files))].sort(byName);
}
