import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageContents } from '../../tools/package/contents.ts';
import { checkNodeSignature, NODE_ROOT } from '../../tools/package/node-signature.ts';
import { windowsNode } from '../../tools/windows-node.ts';
import { isMissing } from '../peers.ts';
import { windowsNodeForWine } from '../windows/nodes.ts';

const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'signature-test-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe.skipIf(isMissing('osslsigncode'))(checkNodeSignature, { timeout: 120_000 }, () => {
  const altered = async (alter: (bytes: Buffer) => Buffer): Promise<string> => {
    const path = join(folder, 'node.exe');
    writeFileSync(path, alter(readFileSync(await windowsNode())));
    return path;
  };

  it('accepts the node.exe that is shipped, and ORIGINS.txt says what that covers', async () => {
    checkNodeSignature(await windowsNode(), NODE_ROOT);
    const { files } = await packageContents({ commit: '0123456789ab', at: AT });
    const origins = files.find(({ name }) => name === 'ORIGINS.txt')?.bytes.toString('utf8');
    expect(origins).toMatch(/ node\.exe +Node\.js \d[\d.]+ as signed by the OpenJS Foundation \(npm/);
    expect(origins).toMatch(/its certificates led to Microsoft Identity Verification Root/);
    expect(origins).toMatch(/Whether one of them has been revoked was not asked\.\n$/);
  });

  it('refuses one of which a byte is another', async () => {
    const path = await altered((bytes) => bytes.fill(bytes.readUInt8(5_000_000) ^ 1, 5_000_000, 5_000_001));
    expect(() => checkNodeSignature(path, NODE_ROOT)).toThrow(`${path} is not what was signed`);
  });

  it('refuses the copy that is altered for Wine, which is never to be shipped', async () => {
    const path = await windowsNodeForWine();
    expect(() => checkNodeSignature(path, NODE_ROOT)).toThrow(`${path} is not what was signed`);
  });

  it('refuses one without a signature', async () => {
    const path = await altered(() => Buffer.from('MZ'));
    expect(() => checkNodeSignature(path, NODE_ROOT)).toThrow(`${path} is not what was signed`);
  });

  it('refuses one whose certificates lead elsewhere than to the root', async () => {
    const other = join(folder, 'other-root.pem');
    writeFileSync(other, rootCertificates[0] ?? '');
    const path = await windowsNode();
    expect(() => checkNodeSignature(path, other)).toThrow(
      `${path}: the certificates of its signature do not lead to ${other}, as is expected of it (`,
    );
  });
});

describe('the root of the certificates', () => {
  it('is the one whose fingerprint docs/releasing.md tells', () => {
    const { subject, fingerprint256 } = new X509Certificate(readFileSync(NODE_ROOT));
    expect(subject).toMatch(/^CN=Microsoft Identity Verification Root Certificate Authority 2020$/m);
    const told = fingerprint256.replaceAll(':', '').toLowerCase();
    expect(readFileSync('docs/releasing.md', 'utf8')).toContain(`\`${told}\``);
  });
});
