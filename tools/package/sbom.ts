import { createHash } from 'node:crypto';
import type { BundledPackage } from './licences.ts';

export interface SbomInput {
  readonly version: string;
  readonly at: Date;
  readonly packages: readonly BundledPackage[];
  readonly node: { readonly version: string; readonly sha256: string };
}

/** A bill of materials: CycloneDX 1.5 as JSON, the same for the same input. */
export function sbomText({ version, at, packages, node }: SbomInput): string {
  const components = [
    ...packages.map(packageComponent),
    {
      type: 'application',
      'bom-ref': `pkg:generic/nodejs@${node.version}`,
      name: 'node.exe',
      version: node.version,
      licenses: [{ license: { id: 'MIT' } }],
      purl: `pkg:generic/nodejs@${node.version}`,
      hashes: [{ alg: 'SHA-256', content: node.sha256 }],
    },
  ];
  const metadata = {
    timestamp: at.toISOString().replace(/\.\d{3}Z$/, 'Z'),
    component: {
      type: 'application',
      'bom-ref': 'hyperv-checkpoint-agent',
      name: 'hyperv-checkpoint-agent',
      version,
      licenses: [{ license: { id: 'MIT' } }],
    },
  };
  const body = { metadata, components };
  const bom = {
    bomFormat: 'CycloneDX',
    specVersion: '1.5',
    serialNumber: serialNumber(body),
    version: 1,
    ...body,
  };
  return `${JSON.stringify(bom, null, 2)}\n`;
}

function packageComponent({ name, version, licence, integrity }: BundledPackage): object {
  const [scope, plain] = name.startsWith('@') ? name.slice(1).split('/') : [null, name];
  const path = scope === null ? name : `%40${scope}/${plain}`;
  const purl = `pkg:npm/${path}@${version}`;
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    licenses: [{ license: { id: licence } }],
    purl,
    ...(integrity === null
      ? {}
      : {
          hashes: [
            {
              alg: 'SHA-512',
              content: Buffer.from(integrity.replace('sha512-', ''), 'base64').toString('hex'),
            },
          ],
        }),
  };
}

/** A UUID made of the content: the same bill has the same number. */
function serialNumber(body: object): string {
  const hex = createHash('sha256').update(JSON.stringify(body)).digest('hex');
  return `urn:uuid:${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
