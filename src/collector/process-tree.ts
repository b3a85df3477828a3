import { type ChildProcess, spawn } from 'node:child_process';
import { win32 } from 'node:path';
import { SECOND_MS } from '../core/units.ts';

/** How long an ended process may take to be gone, and the tool that ends it to do so. */
const KILL_WAIT_MS = 5 * SECOND_MS;

/**
 * Ends a process and all that it started, and waits until it is gone.
 * Elsewhere than on Windows the process must lead a process group of its own.
 * @returns false when it is still there after some seconds.
 */
export async function killTree(child: ChildProcess): Promise<boolean> {
  if (child.pid === undefined) return true;
  if (process.platform === 'win32') {
    // Without its leader the rest of a tree cannot be found, and the number may belong to somebody else by now.
    if (!hasEnded(child)) await taskkill(child.pid);
  } else {
    killGroup(child.pid);
  }
  if (!hasEnded(child)) child.kill('SIGKILL');
  return hasEnded(child) || waitForExit(child, KILL_WAIT_MS);
}

function hasEnded(child: ChildProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

function killGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch {
    // Nobody is left in the group.
  }
}

async function taskkill(pid: number): Promise<void> {
  const tool = win32.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  const killer = spawn(tool, ['/T', '/F', '/PID', String(pid)], { windowsHide: true, stdio: 'ignore' });
  killer.on('error', () => undefined);
  await waitForExit(killer, KILL_WAIT_MS);
}

/** @returns whether the process ended within `timeoutMs`. */
export function waitForExit(child: ChildProcess, timeoutMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const settle = (ended: boolean) => () => {
      clearTimeout(timer);
      resolve(ended);
    };
    const timer = setTimeout(settle(false), timeoutMs);
    child.once('exit', settle(true));
    child.once('error', settle(true));
  });
}
