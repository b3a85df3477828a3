import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { type Agent, startAgent } from '../../src/agent/agent.ts';
import { createLogger } from '../../src/agent/logger.ts';
import type { Config } from '../../src/config/config.ts';
import { collectError, type ErrorCode } from '../../src/core/collect-error.ts';
import type { HostReport } from '../../src/core/model.ts';
import { MINUTE_MS } from '../../src/core/units.ts';
import type { AgentView } from '../../src/core/view.ts';
import type { Collector, Delivery, Notifier, OutgoingMail, Store } from '../../src/ports.ts';
import { openStore } from '../../src/store/sqlite.ts';
import { host, NOW, type VmSpec } from '../builders.ts';
import { configOf } from '../config/fixture.ts';
import { ask } from '../exporter/http.ts';
import { fakeTime } from './fake-time.ts';

export const INTERVAL_MS = 15 * MINUTE_MS;

const MAIL = 'mail: { smtp: { host: mail.example.com, from: hyperv@example.com }, to: [ops@example.com] }\n';

/** A configuration with mail, on a free port, scanning every 15 minutes; `more` is added to its text. */
export function withMail(more = ''): Config {
  return withoutMail(MAIL + more);
}

export function withoutMail(more = ''): Config {
  const config = configOf(`hosts: hv01\nschedule: { every: 15m, jitter: 0s }\n${more}`);
  return { ...config, web: { ...config.web, port: 0 } };
}

/** Takes every mail, unless it is told otherwise. */
export class Post implements Notifier {
  readonly taken: OutgoingMail[] = [];
  #answer: 'take' | 'refuse connections' | 'never answer' = 'take';
  #changed = Promise.withResolvers<void>();

  /** A mail that was never answered fails when the server is back. */
  set answer(answer: 'take' | 'refuse connections' | 'never answer') {
    this.#answer = answer;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  async send(mail: OutgoingMail, recipients: readonly string[], signal: AbortSignal): Promise<Delivery> {
    if (this.#answer === 'take') {
      this.taken.push(mail);
      return { accepted: recipients, refused: [], failure: null };
    }
    if (this.#answer === 'never answer') {
      const stopped = new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      await Promise.race([stopped, this.#changed.promise]);
    }
    const failure = { reason: 'connect', detail: 'nobody answers', retry: true } as const;
    return { accepted: [], refused: [], failure };
  }

  /** What the mails said that came since the last call: `baseline: watching 1 host: 1 warning`. */
  read(): readonly string[] {
    return this.taken
      .splice(0)
      .map(
        ({ headers, subject }) =>
          `${headers['X-Checkpoint-Agent-State']}: ${subject.replace(/^\[.*?\] /, '')}`,
      );
  }

  close(): void {}
}

type Scan = (signal: AbortSignal) => HostReport | Promise<HostReport>;

/** A machine on which agents live, one after the other: time, state, post office and a host to read. */
export class Machine {
  readonly time = fakeTime(NOW);
  readonly stateDir = mkdtempSync(join(tmpdir(), 'agent-under-test-'));
  readonly post = new Post();
  readonly log: string[] = [];
  readonly views: AgentView[] = [];
  /** What the event log was told: `scanFailed: hv01 was not read: …`. */
  readonly events: string[] = [];
  scans = 0;
  scan: Scan = () => this.reading([]);

  constructor() {
    onTestFinished(() => rmSync(this.stateDir, { recursive: true, force: true }));
  }

  /** From now on the host holds these VMs. */
  holds(...vms: readonly VmSpec[]): void {
    this.scan = () => this.reading(vms);
  }

  /** From now on the host cannot be read. */
  fails(code: ErrorCode = 'VMMS_STOPPED'): void {
    this.scan = () => this.failure(code);
  }

  /** From now on a scan ends when it is told to, and not before. */
  hangs(): void {
    this.scan = async (signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      return this.failure('CANCELLED');
    };
  }

  reading(vms: readonly VmSpec[]): HostReport {
    const { reading } = host({ host: 'hv01', vms, readAt: this.time.clock.now() });
    if (reading === null) throw new Error('a host that was read has a reading');
    return reading;
  }

  failure(code: ErrorCode): HostReport {
    const failedAt = this.time.clock.now();
    return { status: 'failed', host: 'hv01', failedAt, durationMs: 380, error: collectError(code) };
  }

  collector(): Collector {
    return {
      collect: async (_host, signal) => {
        this.scans += 1;
        return this.scan(signal);
      },
    };
  }

  /** Starts an agent and waits for its first scan, when that ends. */
  async start(config = withMail(), more: { readonly onView?: (view: AgentView) => void } = {}) {
    const opened = openStore({ stateDir: this.stateDir, clock: this.time.clock });
    if (!opened.ok) throw new Error(opened.problem.message);
    const { store } = opened;
    const started = await startAgent(config, {
      ...this.time,
      random: () => 0.5,
      logger: createLogger(this.time.clock, (line) => this.log.push(line)),
      machineName: 'HVMON',
      store,
      createCollector: () => this.collector(),
      createNotifier: ({ mail }) => (mail === null ? null : this.post),
      writtenMails: null,
      onView: (view) => {
        this.views.push(view);
        more.onView?.(view);
      },
      eventLog: {
        tell: (event, text) => void this.events.push(`${event}: ${text}`),
        close: async () => {},
      },
    });
    if (!started.ok) throw new Error(started.message);
    const running = new RunningAgent(this, started.agent, store);
    onTestFinished(() => running.stop());
    return running;
  }

  /** Starts an agent and waits until its first scan is shown. */
  async startAndScan(config = withMail()): Promise<RunningAgent> {
    const before = this.views.length;
    const running = await this.start(config);
    await this.shows(before + 1);
    return running;
  }

  /** Waits until so many views were shown in all, and until what follows from them is done. */
  async shows(views: number): Promise<void> {
    const deadline = Date.now() + 10_000;
    while (this.views.length < views) {
      if (Date.now() > deadline) throw new Error(`no view ${views}; the log: ${this.log.join('')}`);
      await nextTurn();
    }
    await settle();
  }

  /** Lines of the log that contain the text. */
  logged(text: string): readonly string[] {
    return this.log.filter((line) => line.includes(text));
  }
}

/** What has no clock of its own to wait for is done after some turns of the event loop. */
export async function settle(): Promise<void> {
  for (let turns = 0; turns < 30; turns += 1) await nextTurn();
}

export class RunningAgent {
  readonly machine: Machine;
  readonly agent: Agent;
  readonly store: Store;
  #stopped: Promise<void> | null = null;

  constructor(machine: Machine, agent: Agent, store: Store) {
    this.machine = machine;
    this.agent = agent;
    this.store = store;
  }

  /** Lets the time to the next scan pass and waits until that is shown. */
  async nextScan(times = 1): Promise<void> {
    for (let scan = 0; scan < times; scan += 1) {
      const before = this.machine.views.length;
      await this.machine.time.pass(INTERVAL_MS);
      await this.machine.shows(before + 1);
    }
  }

  async get(path: string): Promise<{ readonly status: number; readonly text: string }> {
    const { status, body } = await ask(`${this.agent.url}${path}`);
    return { status, text: body.toString() };
  }

  /** The value of a series as it stands in the metrics; `null` when it is not there. */
  async metric(series: string): Promise<number | null> {
    const { text } = await this.get('/metrics');
    const line = text.split('\n').find((each) => each.startsWith(`${series} `));
    return line === undefined ? null : Number(line.slice(series.length + 1));
  }

  /** The first line of the check. */
  async check(): Promise<string> {
    const { text } = await this.get('/check');
    return text.split('\n')[0]?.split(' | ')[0] ?? '';
  }

  stop(): Promise<void> {
    this.#stopped ??= this.agent.stop().then(() => this.store.close());
    return this.#stopped;
  }
}
