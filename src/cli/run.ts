import { hostname } from 'node:os';
import { type Agent, type AgentDeps, startAgent } from '../agent/agent.ts';
import { systemClock, systemTimers } from '../agent/clock.ts';
import { fileMark, watchConfig } from '../agent/config-watch.ts';
import { createLocalCollector } from '../agent/local-collector.ts';
import { createLogger } from '../agent/logger.ts';
import { createMemoryRelease } from '../agent/release-memory.ts';
import type { Config } from '../config/config.ts';
import { configPath, loadConfig } from '../config/load.ts';
import { defaultStateDir } from '../config/paths.ts';
import { formatProblems } from '../config/problem.ts';
import { createSmtpNotifier } from '../notifier/smtp.ts';
import type { Logger, Store } from '../ports.ts';
import { openStore } from '../store/sqlite.ts';
import { configForCommand } from './config-for-command.ts';
import { type Interrupt, untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';

export interface RunRequest {
  readonly config: string | null;
  readonly stateDir: string | null;
  readonly stopOnStdinEnd: boolean;
}

/** A stop that takes longer is ended the hard way, so that all of it takes less than ten seconds. */
const STOP_LIMIT_MS = 9000;

/** Runs until stopped. Exit codes: 0 stopped, 1 could not start, 78 the configuration is wrong. */
export async function run(request: RunRequest, io: CliIo): Promise<number> {
  // From the first moment on: a request to stop may come while the agent still starts.
  const interrupt = untilInterrupted();
  try {
    return await runUntil(interrupt, request, io);
  } finally {
    interrupt.dispose();
  }
}

async function runUntil(interrupt: Interrupt, request: RunRequest, io: CliIo): Promise<number> {
  // Taken before it is read: an edit while the agent starts is an edit.
  const mark = fileMark(configPath({ ...io, path: request.config }));
  const loaded = configForCommand(request.config, io);
  if (!loaded.ok) return loaded.exitCode;
  const logger = createLogger(systemClock, (line) => io.stderr.write(line));
  const stateDir = request.stateDir ?? defaultStateDir(io.env, io.platform);
  const opened = openStore({ stateDir, clock: systemClock });
  if (!opened.ok) {
    io.stderr.write(`${opened.problem.message}\n`);
    return 1;
  }
  const { store } = opened;
  for (const notice of opened.notices) logger.warn(notice);
  const started = await startAgent(loaded.config, agentDeps(store, logger, io));
  if (!started.ok) {
    store.close();
    io.stderr.write(`${started.message}\n`);
    return 1;
  }
  const { agent } = started;
  logger.info('started', { url: agent.url, config: configName(loaded), stateDir });
  tellHost();
  const endWatch = watchConfig(
    { path: loaded.path, mark },
    {
      changed: () => reload(request, agent, logger, io),
      gone: () =>
        logger.warn('the configuration file is gone; the configuration stays as it is', {
          config: loaded.path,
        }),
    },
    systemTimers,
  );
  await untilStopped(interrupt, request.stopOnStdinEnd);
  endWatch();
  await stop(agent, logger);
  store.close();
  logger.info('stopped');
  return 0;
}

/** What the log calls the configuration in force: its file, or that there is none. */
export function configName({ config, path }: { readonly config: Config; readonly path: string }): string {
  return config.source?.path ?? `the defaults; there is no ${path}`;
}

function agentDeps(store: Store, logger: Logger, io: CliIo): AgentDeps {
  const machine = { platform: io.platform, arch: process.arch, env: io.env };
  return {
    clock: systemClock,
    timers: systemTimers,
    random: Math.random,
    logger,
    machineName: hostname(),
    store,
    createCollector: (config) => createLocalCollector(config.collector, machine, systemClock),
    createNotifier: ({ mail }) => (mail === null ? null : createSmtpNotifier({ smtp: mail.smtp })),
    writtenMails: null,
    onView: createMemoryRelease(),
  };
}

/** A service host that started the agent with a channel to itself learns that it listens and that its first scan has begun. */
function tellHost(): void {
  // Whether it still listens is not the agent's concern.
  process.send?.({ type: 'ready' }, undefined, undefined, () => {});
}

/** The new configuration takes over as a whole, or not at all. */
function reload(request: RunRequest, agent: Agent, logger: Logger, io: CliIo): void {
  const loaded = loadConfig({ path: request.config, env: io.env, platform: io.platform, cwd: io.cwd });
  if (loaded.ok) {
    for (const warning of loaded.warnings) logger.warn(formatProblems(loaded.path, [warning]).trim());
    agent.reconfigure(loaded.config);
    logger.info('configuration reloaded', { config: loaded.path });
    return;
  }
  agent.configRefused();
  for (const problem of loaded.problems) logger.error(formatProblems(loaded.path, [problem]).trim());
  logger.error('the new configuration has errors; the old one stays', { config: loaded.path });
}

/** Waits for a signal, or for the end of standard input when a service host stops us that way. */
async function untilStopped({ requested }: Interrupt, stopOnStdinEnd: boolean): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  void requested.then(resolve);
  if (stopOnStdinEnd) {
    process.stdin.on('end', resolve).on('error', () => resolve());
    process.stdin.resume();
  }
  await promise;
  if (stopOnStdinEnd) process.stdin.destroy();
}

async function stop(agent: Agent, logger: Logger): Promise<void> {
  const forced = setTimeout(() => {
    logger.error('the stop took too long; ending all the same');
    process.exit(1);
  }, STOP_LIMIT_MS);
  await agent.stop();
  clearTimeout(forced);
}
