import { execFileSync } from 'node:child_process';

/**
 * Checks that node.exe is as the OpenJS Foundation signed it: the digest in its signature is that of the file, and the
 * name in the certificate is theirs. Whether Windows trusts the chain of certificates only Windows can say.
 */
export function checkNodeSignature(path: string): void {
  const said = verify(path);
  const digests =
    /Current message digest\s*:\s*([0-9A-F]+)[\s\S]*?Calculated message digest\s*:\s*([0-9A-F]+)/.exec(said);
  if (digests === null || digests[1] !== digests[2]) {
    throw new Error(`${path} is not what was signed: the digest of its signature is another one`);
  }
  if (!/Subject:.*OpenJS Foundation/.test(said)) {
    throw new Error(`${path} is not signed by the OpenJS Foundation`);
  }
}

function verify(path: string): string {
  try {
    return execFileSync('osslsigncode', ['verify', path], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  } catch (error) {
    const { code, stdout } = Object(error);
    if (code === 'ENOENT') {
      throw new Error(
        'osslsigncode is not installed; it checks the signature of node.exe (Debian: apt-get install osslsigncode). Or give --skip-signature',
      );
    }
    // Without the roots of Windows the chain cannot be followed, which it calls a failure.
    return String(stdout ?? '');
  }
}
