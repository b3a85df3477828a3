import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { zip } from '../src/cli/support/zip.ts';
import { packageContents, revision } from './package/contents.ts';
import { sumsText } from './package/files.ts';
import { makeMsi } from './package/msi.ts';
import { SIGNATURE_SKIPPED } from './package/node-signature.ts';

const OUT = join(import.meta.dirname, '..', 'out');

/** `npm run package`: the Windows artefacts in out/, the same bytes each time for the same commit. */
const { values } = parseArgs({ options: { 'skip-signature': { type: 'boolean', default: false } } });
if (values['skip-signature']) process.stderr.write(SIGNATURE_SKIPPED);
const made = revision();
const { version, files, sbom } = await packageContents(made, values['skip-signature']);
const name = `checkpoint-agent-${version}-win-x64`;
const artefacts = [
  { name: `${name}.cdx.json`, bytes: Buffer.from(sbom, 'utf8') },
  { name: `${name}.msi`, bytes: makeMsi({ version, files, at: made.at }) },
  { name: `${name}.zip`, bytes: zip(files, made.at.getTime()) },
];
rmSync(OUT, { recursive: true, force: true });
mkdirSync(OUT);
for (const artefact of artefacts) writeFileSync(join(OUT, artefact.name), artefact.bytes);
const sums = sumsText(artefacts);
writeFileSync(join(OUT, 'SHA256SUMS'), sums);
process.stdout.write(sums);
