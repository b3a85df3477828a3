import { readdirSync, readFileSync } from 'node:fs';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from '../../src/collector/executable.ts';
import type { PowerShellJob } from '../../src/collector/powershell-runner.ts';
import { pwshPath } from '../hyperv/stand-in.ts';

export const MACHINE: Machine = { platform: process.platform, arch: process.arch, env: process.env };

/** A temporary folder with an executable for each script given. */
export async function makeExecutables(
  scripts: Readonly<Record<string, string>>,
): Promise<{ path(name: string): string; dispose(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'shells-'));
  for (const [name, text] of Object.entries(scripts)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  return {
    path: (name) => join(folder, name),
    dispose: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Starts the fake shell. */
export const FAKE_SHELL = `#!/bin/sh
exec "${process.execPath}" --no-warnings "${join(import.meta.dirname, 'fake-shell.ts')}" "$@"
`;

/** For the stand-in for Hyper-V. Null on Windows, where its drives and its clock were never tried. */
export const PWSH = process.platform === 'win32' ? null : pwshPath();

export function job(script: string, over: Partial<PowerShellJob> = {}): PowerShellJob {
  return { script, parameters: {}, timeoutMs: 20_000, maxOutputBytes: 8 * 1024 * 1024, ...over };
}

/** Processes whose command line has the text as one of its arguments. */
export function processesWith(argument: string): readonly string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    try {
      return readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0').includes(argument);
    } catch {
      return false;
    }
  });
}
