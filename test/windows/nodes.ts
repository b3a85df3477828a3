import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from '../../tools/npm-package.ts';
import { WINDOWS_NODE, windowsNode } from '../../tools/windows-node.ts';

const LOOKED_UP = Buffer.from('VirtualAlloc2\0');
const NOT_THERE = Buffer.from('VirtualAllocX\0');

/**
 * The Node.js that is shipped, altered so that Wine 8 can start it: V8 reserves memory by a function of newer Windows
 * that Wine's version of fails, and takes an older one where it does not find it. One byte differs, which breaks the
 * signature: for these tests only.
 */
export async function windowsNodeForWine(): Promise<string> {
  const folder = join(cacheFolder(), `node-${WINDOWS_NODE}-altered-for-wine`);
  const path = join(folder, 'node.exe');
  if (existsSync(path)) return path;
  const program = readFileSync(await windowsNode());
  const at = program.indexOf(LOOKED_UP);
  if (at === -1 || program.indexOf(LOOKED_UP, at + 1) !== -1) throw new Error('this node.exe is another one');
  NOT_THERE.copy(program, at);
  mkdirSync(folder, { recursive: true });
  const making = `${path}.${process.pid}`;
  writeFileSync(making, program);
  renameSync(making, path);
  return path;
}
