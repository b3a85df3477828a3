import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from '../until.ts';
import { prefixFolder, windowsPath } from './prefix.ts';
import type { Wine, WineResult } from './wine.ts';

/** What `sc query` says. */
export interface Queried {
  readonly state: string;
  readonly exitCode: number;
  readonly specificExitCode: number;
  readonly checkpoint: number;
}

/** What of a service its tests ask for. */
export interface InstalledService {
  readonly name: string;
  /** A path of Linux. */
  readonly logDir: string;
  /** With something of its own in them, by which its agent is found. */
  readonly runArguments: readonly string[];
}

export interface ServiceSetup extends InstalledService {
  /** Paths of Linux. */
  readonly node: string;
  readonly host: string;
  readonly agent: string;
  /** Options of Node.js for the host. */
  readonly nodeOptions?: readonly string[];
  readonly drainMs?: number;
}

/** A service of the running Wine. */
export class WineService {
  readonly #wine: Wine;
  readonly #setup: InstalledService;

  /** One that somebody else installs and removes. */
  constructor(wine: Wine, setup: InstalledService) {
    this.#wine = wine;
    this.#setup = setup;
  }

  /** Makes it, to be started by hand. */
  static async install(wine: Wine, setup: ServiceSetup): Promise<WineService> {
    const service = new WineService(wine, setup);
    await service.#sc('create', setup.name, 'binPath=', imagePath(setup), 'start=', 'demand');
    return service;
  }

  /** Stops and deletes it, and waits until all that belonged to it has ended. */
  async remove(): Promise<void> {
    await this.#wine.run('sc', 'stop', this.#setup.name);
    await this.#wine.run('sc', 'delete', this.#setup.name);
    await until('every process of the service has ended', () => this.processes().length === 0);
  }

  /**
   * Returns when the service control manager has answered, not when it runs. On a busy machine Wine now and then fails to
   * start a program: a host that has not written a line has not lived.
   */
  async start(): Promise<void> {
    const before = this.hostLog;
    for (let attempts = 1; ; attempts += 1) {
      try {
        await this.#sc('start', this.#setup.name);
        return;
      } catch (error) {
        if (attempts === 3 || this.hostLog !== before) throw error;
      }
    }
  }

  /** Returns when the service has answered, not when it has stopped. */
  async stop(): Promise<void> {
    await this.#sc('stop', this.#setup.name);
  }

  async query(): Promise<Queried> {
    const text = await this.#askState();
    const value = (name: string): number => {
      const [, digits] = new RegExp(`${name}\\s*:\\s*(?:0x)?([0-9a-fA-F]+)`).exec(text) ?? [];
      if (digits === undefined) throw new Error(`no ${name} in: ${text}`);
      return Number.parseInt(digits, name === 'CHECKPOINT' ? 16 : 10);
    };
    return {
      state: /STATE\s*:\s*\d+\s+(\w+)/.exec(text)?.[1] ?? text,
      exitCode: value('WIN32_EXIT_CODE'),
      specificExitCode: value('SERVICE_EXIT_CODE'),
      checkpoint: value('CHECKPOINT'),
    };
  }

  /** A question changes nothing: it is asked again where Wine did not even start the program, which then said nothing. */
  async #askState(): Promise<string> {
    for (let attempts = 1; ; attempts += 1) {
      const { code, out, err } = await this.#run('query', this.#setup.name);
      if (code === 0) return out;
      if (attempts === 3 || `${out}${err}` !== '')
        throw this.#failed(['query', this.#setup.name], code, `${out}${err}`);
    }
  }

  /** Waits for a state, and says what was queried then. */
  async reaches(state: 'RUNNING' | 'STOPPED'): Promise<Queried> {
    const deadline = Date.now() + 60_000;
    for (;;) {
      // A query is a process of its own, and slow; the log tells when one is worth it.
      const log = this.hostLog;
      const isLate = Date.now() > deadline;
      if (isLate || log === '' || lastPhase(log) === state) {
        const queried = await this.query();
        if (queried.state === state) return queried;
        if (isLate) throw new Error(`not ${state}: ${JSON.stringify(queried)}\n${log}\n${this.agentOutput}`);
      }
      await delay(20);
    }
  }

  get hostLog(): string {
    return this.#read('service-host.log');
  }

  /** Where the agent itself writes, when its configuration is in the folder above. */
  get agentLog(): string {
    return this.#read('agent.log');
  }

  get agentOutput(): string {
    return this.#read('agent-output.log');
  }

  /** Process ids, of Linux, of everything that belongs to the service. */
  processes(): readonly number[] {
    return [...this.hostProcesses(), ...this.agentProcesses()];
  }

  hostProcesses(): readonly number[] {
    return processesWith('service-host.mjs', windowsPath(this.#setup.logDir));
  }

  agentProcesses(): readonly number[] {
    return processesWith(['--stop-on-stdin-end', ...this.#setup.runArguments].join('\0'));
  }

  #read(file: string): string {
    const path = join(this.#setup.logDir, file);
    return existsSync(path) ? readFileSync(path, 'utf8') : '';
  }

  async #sc(...args: readonly string[]): Promise<string> {
    const { code, out, err } = await this.#run(...args);
    if (code !== 0) throw this.#failed(args, code, `${out}${err}`);
    return out;
  }

  /** Wine's own tells why it failed in its trace alone. */
  #run(...args: readonly string[]): Promise<WineResult> {
    return this.#wine.runTraced('-all,err+sc', 'sc', ...args);
  }

  #failed(args: readonly string[], code: number | null, said: string): Error {
    return new Error(`sc ${args.join(' ')}: ${code} ${said}\n${this.hostLog}`);
  }
}

function lastPhase(log: string): string | undefined {
  const phases = log.matchAll(/^\S+ (starting|running|stopping|stopped)\b/gm);
  return [...phases].at(-1)?.[1]?.toUpperCase();
}

/** As an installer writes it. */
function imagePath(setup: ServiceSetup): string {
  const { name, node, nodeOptions = [], host, agent, logDir, drainMs, runArguments } = setup;
  const drain = drainMs === undefined ? [] : ['--drain', String(drainMs)];
  return [
    ...[windowsPath(node), ...nodeOptions, windowsPath(host)],
    ...['--service', name, '--agent', windowsPath(agent), '--log-dir', windowsPath(logDir), ...drain],
    ...['--', ...runArguments],
  ]
    .map((word) => (/[\s;]/.test(word) || /^[A-Z]:/.test(word) ? `"${word}"` : word))
    .join(' ');
}

/** Process ids, of Linux, of the programs of this Windows with these texts on their command lines. */
export function processesWith(...texts: readonly string[]): readonly number[] {
  // Another checkout may have a Windows of its own, with the same paths in it.
  const here = `WINEPREFIX=${prefixFolder()}\0`;
  return globSync('/proc/[0-9]*/cmdline').flatMap((path) => {
    try {
      const words = readFileSync(path, 'utf8');
      const isMeant = texts.every((text) => words.includes(text));
      return isMeant && readFileSync(join(dirname(path), 'environ'), 'latin1').includes(here)
        ? [Number(path.split('/')[2])]
        : [];
    } catch {
      return [];
    }
  });
}
