import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ask } from '../exporter/http.ts';
import { until } from '../until.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** How a process ended. */
export interface Ended {
  readonly code: number | null;
  readonly signal: string | null;
  readonly out: string;
  readonly err: string;
}

/** The agent as people start it: a process of its own, killed after the test if it still runs. */
export class AgentProcess {
  readonly child: ChildProcess;
  /** When it has ended and everything it printed was read. */
  readonly ended: Promise<Ended>;
  out = '';
  err = '';
  /** What it sent, when it was started as by a service host. */
  readonly messages: unknown[] = [];

  constructor(
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
    channel: 'ipc' | 'ignore' = 'ignore',
  ) {
    const { CHECKPOINT_AGENT_URL: _, ...inherited } = process.env;
    const stdio = ['pipe', 'pipe', 'pipe', channel] as const;
    const child = spawn(process.execPath, [MAIN, ...args], {
      env: { ...inherited, ...env },
      stdio: [...stdio],
    });
    const { stdin, stdout, stderr } = child;
    if (stdin === null || stdout === null || stderr === null) throw new Error('all three are pipes');
    this.child = child;
    stdout.on('data', (text) => {
      this.out += text;
    });
    stderr.on('data', (text) => {
      this.err += text;
    });
    stdin.on('error', () => {});
    child.on('message', (message) => this.messages.push(message));
    this.ended = new Promise((resolve) => {
      child.on('close', (code, signal) => resolve({ code, signal, out: this.out, err: this.err }));
    });
    onTestFinished(async () => {
      child.kill('SIGKILL');
      await this.ended;
    });
  }

  /** Waits until it has printed a text on standard error. */
  async says(text: string, times = 1): Promise<void> {
    await until(`"${text}" in: ${this.err}`, () => {
      if (this.child.exitCode !== null) throw new Error(`it ended with ${this.child.exitCode}: ${this.err}`);
      return this.err.split(text).length > times;
    });
  }

  /** Asks it to stop and waits for its end. */
  stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<Ended> {
    this.child.kill(signal);
    return this.ended;
  }
}

/** Runs a command to its end. */
export function command(...args: readonly string[]): Promise<Ended> {
  return new AgentProcess(args).ended;
}

/** A folder of its own for a test. */
export function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'agent-acceptance-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** An executable that stands in for PowerShell. */
export function shell(folder: string, script: string): string {
  const path = join(folder, 'powershell');
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** A shell that answers every script with the report that lies at `path` then. */
export function replayingShell(folder: string, path: string): string {
  const replay = join(import.meta.dirname, 'replaying-shell.ts');
  return shell(folder, `exec '${process.execPath}' --no-warnings '${replay}' '${path}'`);
}

/** This machine as configurations name it. */
export const HOST = hostname().toLowerCase();

/** Writes a configuration; JSON is YAML. */
export function writeConfig(path: string, config: object): void {
  writeFileSync(path, JSON.stringify(config));
}

/** One request to a running agent. */
export async function get(url: string): Promise<{ readonly status: number; readonly text: string }> {
  const { status, body } = await ask(url);
  return { status, text: body.toString() };
}

/** Waits until an answer contains a text. */
export async function untilShown(url: string, text: string): Promise<void> {
  await until(`"${text}" at ${url}`, async () => {
    const answer = await get(url).catch(() => null);
    return answer?.text.includes(text) ?? false;
  });
}
