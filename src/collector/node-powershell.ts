import { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { PowerShell } from 'node-powershell';
import { collectError } from '../core/collect-error.ts';
import { formatAge, SECOND_MS } from '../core/units.ts';
import { toCommandLine } from './command-line.ts';
import { childEnvironment } from './environment.ts';
import { excerpt } from './excerpt.ts';
import { findExecutable, type Machine, type WantedPowerShell } from './executable.ts';
import { createOutputReader, createTail, type OutputReader } from './output-reader.ts';
import {
  type PowerShellJob,
  type PowerShellResult,
  type PowerShellRunner,
  STDERR_TAIL_BYTES,
} from './powershell-runner.ts';
import { killTree } from './process-tree.ts';

/** How long the last output of a process may take to arrive after its end. */
const DRAIN_MS = SECOND_MS;
/** Node fires a longer timer at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/**
 * Runs scripts through node-powershell, one short-lived shell each.
 * The library is unmaintained; docs/decisions/0001 lists what is done here about each of its defects.
 */
export function createNodePowerShell(wanted: WantedPowerShell, machine: Machine): PowerShellRunner {
  return {
    async run(job, signal) {
      const found = await findExecutable(wanted, machine);
      if (!found.ok) return { status: 'failed', error: found.error, stderrTail: '' };
      if (signal.aborted) return { status: 'failed', error: collectError('CANCELLED'), stderrTail: '' };
      let shell: OneShotShell;
      try {
        shell = new OneShotShell(found.path, machine, job.maxOutputBytes);
      } catch (error) {
        const detail = excerpt(error instanceof Error ? error.message : String(error));
        return { status: 'failed', error: collectError('SHELL_MISSING', detail, found.path), stderrTail: '' };
      }
      return shell.runOnce(job, toCommandLine(job, wanted.modulePath), signal);
    },
  };
}

type Ending = 'answered' | 'exited' | 'full' | 'timeout' | 'cancelled' | { readonly broken: Error };

/** A shell for one command; a class because the library is extended by inheritance. */
class OneShotShell extends PowerShell {
  readonly #child: ChildProcess;
  readonly #executable: string;
  readonly #limitBytes: number;
  readonly #stderr = createTail(STDERR_TAIL_BYTES);
  #reader: OutputReader | null = null;
  #exit: { readonly code: number | null; readonly signal: string | null } | null = null;
  #broken: Error | null = null;
  readonly #full = Promise.withResolvers<Ending>();

  constructor(executable: string, machine: Machine, limitBytes: number) {
    const windows = machine.platform === 'win32';
    super({
      executable,
      executableOptions: {
        '-NoProfile': true,
        '-NonInteractive': true,
        // Elsewhere there are no policies, and some builds refuse the option.
        ...(windows ? { '-ExecutionPolicy': 'Bypass' } : {}),
      },
      spawnOptions: { windowsHide: true, env: { ...childEnvironment(machine.env, machine.platform) } },
      outputEncoding: 'latin1',
      throwOnInvocationError: false,
    });
    this.#executable = executable;
    this.#limitBytes = limitBytes;
    this.#child = childOf(this);
    // The library's own promise has no handler until a command is invoked: a shell that cannot start would end the agent.
    exitOf(this).catch(() => undefined);
    this.#child.on('error', (error) => {
      this.#broken = error;
    });
    this.#child.on('exit', (code, signal) => {
      this.#exit = { code, signal };
    });
    for (const stream of Object.values(this.streams)) stream.on('error', () => undefined);
    // The library stops reading here after three pieces, and a shell that has more to say would wait for ever.
    this.streams.stderr.unpipe();
    this.streams.stderr.on('data', (piece: string) => this.#stderr.push(piece)).resume();
  }

  /** The library would prefer the variable NODE_POWERSHELL to what it is told. */
  protected override setExecutable({ executable = '' }: { executable?: string }): string {
    return executable;
  }

  /** A lone line feed: with CR LF the library may wait for ever. In constrained language mode only a plain string gets out. */
  protected override writeToOutput(delimiter: string): string {
    return `try { [Console]::Out.Write("${delimiter}\`n") } catch { "${delimiter}" }`;
  }

  /** Standard error proves nothing, so nobody waits for a delimiter there. */
  protected override writeToError(): string {
    return '';
  }

  /** Stands in for the library's own reader, whose time grows with the square of the output. */
  readUntilDelimiter(stream: NodeJS.ReadableStream, delimiter: string): Promise<Buffer> {
    if (stream !== this.streams.stdout) return Promise.resolve(Buffer.alloc(0));
    const reader = createOutputReader(delimiter, this.#limitBytes);
    this.#reader = reader;
    return new Promise((resolve) => {
      const take = (piece: string): void => {
        const state = reader.push(piece);
        if (state === 'more') return;
        stream.off('data', take);
        if (state === 'full') this.#full.resolve('full');
        else resolve(Buffer.alloc(0));
      };
      stream.on('data', take);
    });
  }

  async runOnce(job: PowerShellJob, command: string, signal: AbortSignal): Promise<PowerShellResult> {
    const ending = await this.#awaitEnding(job, command, signal);
    const gone = await killTree(this.#child);
    // What was said last, on a pipe of its own, is often the reason.
    await closed(this.streams.stderr);
    // The library keeps the command and its output for ever.
    this.history.length = 0;
    return this.#toResult(ending, job, gone);
  }

  async #awaitEnding(job: PowerShellJob, command: string, signal: AbortSignal): Promise<Ending> {
    const stop = new AbortController();
    const pending: Promise<Ending>[] = [
      this.invoke(command).then(
        // It also resolves when the shell has died without an answer.
        () => (this.#broken !== null || this.#exit !== null ? this.#drained() : 'answered'),
        () => this.#drained(),
      ),
      exitOf(this).then(
        () => this.#drained(),
        () => this.#drained(),
      ),
      this.#full.promise,
      new Promise((resolve) => {
        const timer = setTimeout(() => resolve('timeout'), Math.min(job.timeoutMs, LONGEST_TIMER_MS));
        const cancel = (): void => resolve('cancelled');
        signal.addEventListener('abort', cancel, { once: true });
        stop.signal.addEventListener('abort', () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', cancel);
        });
      }),
    ];
    try {
      return await Promise.race(pending);
    } finally {
      stop.abort();
    }
  }

  /** The end of a process may be told before its last output has arrived. */
  async #drained(): Promise<Ending> {
    if (this.#broken !== null) return { broken: this.#broken };
    await closed(this.streams.stdout);
    return 'exited';
  }

  #toResult(ending: Ending, job: PowerShellJob, gone: boolean): PowerShellResult {
    const stdout = this.#reader?.text() ?? '';
    const stderrTail = this.#stderr.text();
    if (ending === 'answered') return { status: 'answered', stdout, stderrTail };
    if (ending === 'exited') {
      const { code: exitCode, signal } = this.#exit ?? { code: null, signal: null };
      return { status: 'exited', exitCode, signal, stdout, stderrTail };
    }
    return { status: 'failed', error: this.#toError(ending, job, gone), stderrTail };
  }

  #toError(ending: Exclude<Ending, 'answered' | 'exited'>, job: PowerShellJob, gone: boolean) {
    const left = gone ? '' : `; process ${this.#child.pid} could not be ended`;
    if (ending === 'timeout') {
      return collectError('TIMEOUT', `ended after ${formatAge(job.timeoutMs)}${left}`);
    }
    if (ending === 'cancelled') return collectError('CANCELLED', left === '' ? null : left.slice(2));
    if (ending === 'full') {
      return collectError('OUTPUT_TOO_LARGE', `it printed more than ${job.maxOutputBytes} bytes${left}`);
    }
    return collectError('SHELL_MISSING', excerpt(ending.broken.message), this.#executable);
  }
}

/** Waits for the end of a stream, but not for ever: something the process started may hold the pipe open. */
function closed(stream: Readable): Promise<void> {
  if (stream.readableEnded || stream.destroyed) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, DRAIN_MS);
    stream.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}

// What the library keeps private but a safe use of it needs.
Object.defineProperty(OneShotShell.prototype, 'readBulkFromOutput', {
  value: function readBulkFromOutput(this: OneShotShell, stream: NodeJS.ReadableStream, delimiter: string) {
    return this.readUntilDelimiter(stream, delimiter);
  },
});
Object.defineProperty(OneShotShell.prototype, 'spawnOptions', {
  // The library insists on the agent's own process group, in which the tree of the shell could not be ended.
  set(this: OneShotShell, options: object) {
    const value = { ...options, detached: process.platform !== 'win32' };
    Object.defineProperty(this, 'spawnOptions', { value, enumerable: true });
  },
});

function childOf(shell: PowerShell): ChildProcess {
  const child: unknown = Reflect.get(shell, 'process');
  if (child instanceof ChildProcess) return child;
  throw new TypeError('node-powershell has no process; expected version 5.0.1');
}

function exitOf(shell: PowerShell): Promise<unknown> {
  const exit: unknown = Reflect.get(shell, 'exitPromise');
  if (exit instanceof Promise) return exit;
  throw new TypeError('node-powershell has no exitPromise; expected version 5.0.1');
}
