import { hostname } from 'node:os';
import { type Agent, type AgentDeps, startAgent } from '../agent/agent.ts';
import { systemClock, systemTimers } from '../agent/clock.ts';
import { fileMark, watchConfig } from '../agent/config-watch.ts';
import { createEventLog, type EventLog, type SendToHost } from '../agent/event-log.ts';
import { createLocalCollector } from '../agent/local-collector.ts';
import { createLog, type Log } from '../agent/log.ts';
import { errorText } from '../agent/logger.ts';
import { createMemoryRelease } from '../agent/release-memory.ts';
import type { Config } from '../config/config.ts';
import { configPath, loadConfig } from '../config/load.ts';
import { defaultStateDir } from '../config/paths.ts';
import { formatProblems } from '../config/problem.ts';
import { createSmtpNotifier } from '../notifier/smtp.ts';
import type { Logger } from '../ports.ts';
import { openStore } from '../store/sqlite.ts';
import { VERSION } from '../version.ts';
import { type CommandConfig, configForCommand } from './config-for-command.ts';
import { hostChannel } from './host-channel.ts';
import { type Interrupt, untilInterrupted } from './interrupt.ts';
import type { CliIo } from './io.ts';
import { logFile as placeOfLog } from './log-place.ts';
import { reload } from './reload.ts';

export interface RunRequest {
  readonly config: string | null;
  readonly stateDir: string | null;
  readonly stopOnStdinEnd: boolean;
  /** `-` is standard error; `null` leaves it to the configuration. */
  readonly logFile: string | null;
}

type Loaded = CommandConfig & { readonly ok: true };

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
  const send = hostChannel(process);
  const { logFile: given } = request;
  const logFile = ({ log: { file: configured } }: Config): string | null =>
    placeOfLog({ given, configured, configPath: loaded.path, hasServiceHost: send !== null }, io);
  const log = openLog(loaded, logFile(loaded.config), io);
  const endFaultLog = logFaults(log.logger);
  const eventLog = send === null ? null : createEventLog(send, { clock: systemClock, timers: systemTimers });
  try {
    return await runLogged(interrupt, { request, loaded, mark, log, logFile, send, eventLog }, io);
  } finally {
    await eventLog?.close();
    endFaultLog();
    log.close();
  }
}

interface Run {
  readonly request: RunRequest;
  readonly loaded: Loaded;
  /** Of the configuration file before it was read. */
  readonly mark: string | null;
  readonly log: Log;
  readonly logFile: (config: Config) => string | null;
  /** `null` when no service host started the agent. */
  readonly send: SendToHost | null;
  readonly eventLog: EventLog | null;
}

async function runLogged(interrupt: Interrupt, running: Run, io: CliIo): Promise<number> {
  const { request, loaded, mark, log, logFile, send, eventLog } = running;
  const { logger } = log;
  const refuse = (message: string): number => {
    io.stderr.write(`${message}\n`);
    if (logFile(loaded.config) !== null) logger.error('the agent cannot start', { why: message });
    return 1;
  };
  const stateDir = request.stateDir ?? defaultStateDir(io.env, io.platform);
  const opened = openStore({ stateDir, clock: systemClock });
  if (!opened.ok) return refuse(opened.problem.message);
  const { store } = opened;
  for (const notice of opened.notices) logger.warn(notice);
  const started = await startAgent(loaded.config, agentDeps({ store, logger, eventLog }, io));
  if (!started.ok) {
    store.close();
    return refuse(started.message);
  }
  const { agent } = started;
  logger.info('started', { url: agent.url, config: configName(loaded), stateDir });
  eventLog?.tell('started', startedText(agent.url, configName(loaded)));
  // It listens, and its first scan has begun.
  send?.({ type: 'ready' }, () => {});
  let inForce = loaded.config;
  const endWatch = watchConfig(
    { path: loaded.path, mark, companions: () => passwordFiles(inForce) },
    {
      changed(quietTries) {
        const next = loadConfig({ path: request.config, env: io.env, platform: io.platform, cwd: io.cwd });
        if (next.ok) inForce = next.config;
        return reload(next, { agent, log, eventLog, logFile }, quietTries);
      },
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
  eventLog?.tell('stopped', 'The agent has stopped.');
  return 0;
}

/** What else a configuration was made from: passwords are replaced now and then. */
function passwordFiles({ mail }: Config): readonly string[] {
  const origin = mail?.smtp.password?.origin;
  return origin?.type === 'file' ? [origin.path] : [];
}

/** Whoever looks at standard error learns where to look instead. */
function openLog({ config, path, warnings }: Loaded, file: string | null, io: CliIo): Log {
  const log = createLog(config.log, file, {
    clock: systemClock,
    stderr: (text) => io.stderr.write(text),
  });
  if (file === null) return log;
  io.stderr.write(`The log is ${file}\n`);
  for (const warning of warnings) log.logger.warn(formatProblems(path, [warning]).trim());
  return log;
}

/** Node.js says on standard error what ended the process; whoever reads the log is to see it there. */
function logFaults(logger: Logger): () => void {
  const tell = (error: unknown): void => {
    const stack = error instanceof Error ? (error.stack ?? null) : null;
    logger.error('the agent ends by a fault of its own', { error: errorText(error), stack });
  };
  process.on('uncaughtExceptionMonitor', tell);
  return () => void process.off('uncaughtExceptionMonitor', tell);
}

function startedText(url: string, config: string): string {
  return `hyperv-checkpoint-agent ${VERSION} has started: ${url}, configuration: ${config}.`;
}

/** What the log calls the configuration in force: its file, or that there is none. */
export function configName({ config, path }: { readonly config: Config; readonly path: string }): string {
  return config.source?.path ?? `the defaults; there is no ${path}`;
}

function agentDeps(
  { store, logger, eventLog }: Pick<AgentDeps, 'store' | 'logger' | 'eventLog'>,
  io: CliIo,
): AgentDeps {
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
    eventLog,
  };
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
