import { spawn } from 'node:child_process';
import { toCommandLine } from '../../src/collector/command-line.ts';
import { childEnvironment } from '../../src/collector/environment.ts';
import { findExecutable, type Machine, type WantedPowerShell } from '../../src/collector/executable.ts';
import { createTail } from '../../src/collector/output-reader.ts';
import {
  type PowerShellJob,
  type PowerShellResult,
  type PowerShellRunner,
  STDERR_TAIL_BYTES,
} from '../../src/collector/powershell-runner.ts';
import { killTree } from '../../src/collector/process-tree.ts';
import { collectError } from '../../src/core/collect-error.ts';

/** The same port on nothing but child_process: proof that the library can be replaced. */
export function createSpawnRunner(wanted: WantedPowerShell, machine: Machine): PowerShellRunner {
  return {
    async run(job, signal) {
      const found = await findExecutable(wanted, machine);
      if (!found.ok) return { status: 'failed', error: found.error, stderrTail: '' };
      if (signal.aborted) return { status: 'failed', error: collectError('CANCELLED'), stderrTail: '' };
      return runOnce(found.path, job, { modulePath: wanted.modulePath, machine, signal });
    },
  };
}

interface Surroundings {
  readonly modulePath: string | null;
  readonly machine: Machine;
  readonly signal: AbortSignal;
}

async function runOnce(path: string, job: PowerShellJob, around: Surroundings): Promise<PowerShellResult> {
  const { machine, signal } = around;
  const child = spawn(path, ['-NoLogo', '-NoProfile', '-NonInteractive', '-Command', '-'], {
    env: { ...childEnvironment(machine.env, machine.platform) },
    detached: machine.platform !== 'win32',
    windowsHide: true,
  });
  const pieces: string[] = [];
  const tail = createTail(STDERR_TAIL_BYTES);
  child.stdin.on('error', () => undefined);
  child.stdout.setEncoding('latin1');
  child.stderr.setEncoding('latin1').on('data', (piece: string) => tail.push(piece));
  const result = await new Promise<PowerShellResult>((resolve) => {
    const fail = (error: ReturnType<typeof collectError>): void =>
      resolve({ status: 'failed', error, stderrTail: tail.text() });
    let length = 0;
    child.stdout.on('data', (piece: string) => {
      pieces.push(piece);
      length += piece.length;
      if (length > job.maxOutputBytes) fail(collectError('OUTPUT_TOO_LARGE'));
    });
    setTimeout(() => fail(collectError('TIMEOUT')), job.timeoutMs).unref();
    signal.addEventListener('abort', () => fail(collectError('CANCELLED')), { once: true });
    child.on('error', (error) => fail(collectError('SHELL_MISSING', error.message)));
    child.on('close', (exitCode, endedBy) => {
      const stdout = pieces.join('');
      resolve({ status: 'exited', exitCode, signal: endedBy, stdout, stderrTail: tail.text() });
    });
    // Without delimiters the end of the input tells PowerShell to stop.
    child.stdin.end(`${toCommandLine(job, around.modulePath)}\n`);
  });
  await killTree(child);
  return result;
}
