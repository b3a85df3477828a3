import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Scenario } from '../hyperv/scenario.ts';
import { prepareStandIn, pwshPath, type StandIn } from '../hyperv/stand-in.ts';

/** A stand-in as the agent meets it: a PowerShell to start and a folder of modules, and nothing else. */
export interface StandInShell {
  readonly standIn: StandIn;
  readonly executable: string;
  readonly modulePath: string;
  dispose(): Promise<void>;
}

/**
 * Prepares a stand-in behind an executable of its own.
 * The agent hands no variables of its own to PowerShell, so the executable brings those that the stand-in needs.
 */
export async function prepareStandInShell(source: string | Scenario): Promise<StandInShell> {
  const pwsh = pwshPath();
  if (pwsh === null) throw new Error('no pwsh on PATH; tests that need it must be skipped');
  const standIn = await prepareStandIn(source);
  const folder = await mkdtemp(join(tmpdir(), 'stand-in-shell-'));
  const executable = join(folder, 'powershell');
  const exports = Object.entries(standIn.env)
    .filter(([name]) => name !== 'PSModulePath')
    .map(([name, value]) => `export ${name}=${quote(value)}\n`);
  await writeFile(executable, `#!/bin/sh\n${exports.join('')}exec ${quote(pwsh)} "$@"\n`);
  await chmod(executable, 0o755);
  return {
    standIn,
    executable,
    modulePath: standIn.modulePath,
    async dispose() {
      await rm(folder, { recursive: true, force: true });
      await standIn.dispose();
    },
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
