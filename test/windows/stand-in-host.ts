import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { prepareStandIn } from '../hyperv/stand-in.ts';
import { windowsPath } from './prefix.ts';

/** The file beside the modules by which they find their host; nothing else leads a service to it. */
const POINTER = 'stand-in.json';

/**
 * Writes a configuration that an administrator has ready, by which the small office is read on a port.
 * @param folder into which all of it goes
 * @returns its path, as Windows knows it
 */
export async function writeOwnConfig(folder: string, port: number): Promise<string> {
  const modules = await layOutStandIn('small-office', join(folder, 'pretended Hyper-V'));
  const path = join(folder, 'our agent.yml');
  const lines = [
    `web: { listen: '127.0.0.1:${port}' }`,
    `collector: { timeout: 2m, powershell: { module_path: '${modules}' } }`,
  ];
  writeFileSync(path, lines.map((line) => `${line}\n`).join(''));
  return windowsPath(path);
}

/**
 * Lays out a pretended Hyper-V host on drive C, into a folder that does not exist yet.
 * @returns the folder of its modules, as Windows knows it
 */
export async function layOutStandIn(scenario: string, folder: string): Promise<string> {
  const standIn = await prepareStandIn(scenario);
  try {
    const from = dirname(standIn.disksPath);
    // Its disks are hundreds of gigabytes of nothing.
    execFileSync('cp', ['-RL', '--sparse=always', from, folder]);
    const pointed: Record<string, string> = JSON.parse(readFileSync(join(from, POINTER), 'utf8'));
    const paths = Object.entries(pointed).map(([name, path]) => {
      // What a PowerShell has compiled is for its own system alone.
      if (name === 'CHECKPOINT_STANDIN_CACHE') return [name, windowsPath(windowsCache(path))];
      return [name, windowsPath(path.startsWith(`${from}/`) ? folder + path.slice(from.length) : path)];
    });
    writeFileSync(join(folder, POINTER), JSON.stringify(Object.fromEntries(paths)));
    return windowsPath(join(folder, 'modules'));
  } finally {
    await standIn.dispose();
  }
}

function windowsCache(cache: string): string {
  const folder = `${cache}-windows`;
  mkdirSync(folder, { recursive: true });
  return folder;
}
