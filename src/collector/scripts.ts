import { readFile } from 'node:fs/promises';

/** The scripts, and the parts in `powershell/` that each is put together from; the first reads the parameters, the last runs. */
const PARTS = {
  inventory: [
    ...[
      'prelude',
      'system',
      'envelope',
      'aside',
      'problems',
      'properties',
      'host',
      'vms',
      'disks',
      'checkpoints',
    ],
    ...['guests', 'suspects', 'files', 'volumes', 'inventory'],
  ],
  doctor: ['prelude', 'system', 'envelope', 'aside', 'doctor'],
} as const;

export type ScriptName = keyof typeof PARTS;

export const SCRIPT_NAMES: readonly ScriptName[] = ['inventory', 'doctor'];

/**
 * The whole text of a script.
 * @throws when a part of it is not where the agent was installed.
 */
export async function loadScript(name: ScriptName): Promise<string> {
  const parts = PARTS[name].map((part) =>
    readFile(new URL(`./powershell/${part}.ps1`, import.meta.url), 'utf8'),
  );
  return (await Promise.all(parts)).join('\n');
}
