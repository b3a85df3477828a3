import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../src/ports.ts';

/** One measured quantity. It is met when the median of its samples is on the right side of the mark. */
export interface Figure {
  readonly name: string;
  readonly unit: 'ms' | 'MiB' | 'x';
  readonly samples: readonly number[];
  /** `null`: for information only. */
  readonly mark: { readonly atMost: number } | { readonly atLeast: number } | null;
}

/** Hands the figures of one file over to run.ts, which started it. */
export function report(figures: readonly Figure[]): void {
  process.stdout.write(`${JSON.stringify(figures)}\n`);
}

export function median(samples: readonly number[]): number {
  const sorted = samples.toSorted((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

/** `null` when there is no mark. */
export function isMet({ mark, samples }: Figure): boolean | null {
  if (mark === null) return null;
  return 'atMost' in mark ? median(samples) <= mark.atMost : median(samples) >= mark.atLeast;
}

/** Milliseconds until the promise has settled. */
export async function elapsedMs(action: () => unknown): Promise<number> {
  const startedMs = performance.now();
  await action();
  return performance.now() - startedMs;
}

/**
 * CPU time of the main thread until the promise has settled: what others do on the machine counts less than it does in
 * wall time. What was left behind before is cleared away first.
 */
export async function mainCpuMs(action: () => unknown): Promise<number> {
  globalThis.gc?.();
  const before = process.threadCpuUsage();
  await action();
  const { user, system } = process.threadCpuUsage(before);
  return (user + system) / 1000;
}

/** A clock whose wall time stands still until it is moved. */
export function createStillClock(at: number): Clock & { at: number } {
  const clock = { at, now: () => clock.at, monotonicMs: () => performance.now() };
  return clock;
}

/** Runs with a folder that is gone afterwards. */
export async function withTempDir<T>(action: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'checkpoint-agent-bench-'));
  try {
    return await action(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Starts this Node.js with arguments; what the child complains of is shown. */
export function startNode(args: readonly string[], stdout: 'ignore' | 'pipe' = 'ignore'): ChildProcess {
  return spawn(process.execPath, args, { stdio: ['ignore', stdout, 'inherit'] });
}

/** Milliseconds from the start of a Node.js to its end. Fails unless it ends with one of the exit codes. */
export async function runNodeMs(args: readonly string[], exitCodes: readonly number[]): Promise<number> {
  const startedMs = performance.now();
  const [code] = await once(startNode(args), 'exit');
  const passedMs = performance.now() - startedMs;
  if (!exitCodes.includes(code)) throw new Error(`node ${args.join(' ')}: unexpected exit code ${code}`);
  return passedMs;
}

export function machineText(): string {
  return `${cpus()[0]?.model.trim() ?? 'unknown CPU'}, ${availableParallelism()} cores, Node.js ${process.version}`;
}
