import { type ChildProcess, spawn } from 'node:child_process';
import { win32 } from 'node:path';
import { FAILURE } from './codes.ts';

export interface AgentCommand {
  readonly agent: string;
  readonly runArguments: readonly string[];
  /** Descriptor of the file that standard output and standard error go to. */
  readonly output: number;
}

export interface AgentEvents {
  /** It listens, and its first scan has begun. */
  readonly ready: () => void;
  /** It sent anything else. */
  readonly heard: (message: unknown) => void;
  /** @param exitCode `null` when it was killed */
  readonly ended: (exitCode: number | null) => void;
  readonly notStarted: (failure: number, error: Error) => void;
}

export interface AgentChild {
  readonly pid: number | undefined;
  /** Asks it to stop. */
  endInput(): void;
  /** Ends it and all that it started. */
  kill(): void;
}

/** How long after its end it is listened to: somebody it has started might hold its channel open. */
const LAST_MESSAGE_LIMIT_MS = 500;

/** How long the tool that kills a process tree may take. */
const TASKKILL_LIMIT_MS = 3000;

/**
 * The agent as a plain child of this process, by the same Node.js. Windows ends it together with this process: libuv
 * puts its children into a job that is closed with it.
 */
export function startAgentChild(command: AgentCommand, events: AgentEvents): AgentChild {
  const { agent, runArguments, output } = command;
  const child = spawn(process.execPath, [agent, 'run', '--stop-on-stdin-end', ...runArguments], {
    stdio: ['pipe', output, output, 'ipc'],
    windowsHide: true,
  });
  // Once only: a child that could not be killed raises an error, too.
  let isStarted = false;
  child.on('spawn', () => {
    isStarted = true;
  });
  child.on('error', (error) => {
    if (!isStarted) events.notStarted(FAILURE.notStarted, error);
  });
  child.on('message', (message) => {
    if (isReady(message)) events.ready();
    else events.heard(message);
  });
  child.on('exit', (exitCode) => afterLastMessage(child, () => events.ended(exitCode)));
  child.stdin?.on('error', () => {
    // It has ended, or is about to; its exit says so.
  });
  return {
    pid: child.pid,
    endInput: () => void child.stdin?.end(),
    kill: () => killTree(child),
  };
}

/** What it sent last may arrive after it has ended, but not after its channel has. */
function afterLastMessage(child: ChildProcess, action: () => void): void {
  if (!child.connected) {
    action();
    return;
  }
  const end = (): void => {
    clearTimeout(limit);
    child.off('disconnect', end);
    action();
  };
  const limit = setTimeout(end, LAST_MESSAGE_LIMIT_MS);
  child.on('disconnect', end);
}

function isReady(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'ready';
}

function killTree(child: ChildProcess): void {
  if (child.pid === undefined || child.exitCode !== null) return;
  const killLeader = (): void => {
    child.kill('SIGKILL');
  };
  if (process.platform !== 'win32') {
    killLeader();
    return;
  }
  const tool = win32.join(process.env.SystemRoot ?? 'C:\\Windows', 'System32', 'taskkill.exe');
  const killer = spawn(tool, ['/T', '/F', '/PID', String(child.pid)], {
    windowsHide: true,
    stdio: 'ignore',
    timeout: TASKKILL_LIMIT_MS,
  });
  killer.on('error', killLeader).on('exit', killLeader);
}
