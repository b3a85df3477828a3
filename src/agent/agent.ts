import type { Config } from '../config/config.ts';
import { rememberedHost } from '../core/fold.ts';
import { compilePolicy } from '../core/policy/compile.ts';
import type { MailLink } from '../core/render/page/page.ts';
import type { AgentView } from '../core/view.ts';
import { createExporter, type Exporter } from '../exporter/exporter.ts';
import { createSelfMetrics, type SelfMetrics } from '../exporter/self-metrics.ts';
import type { Clock, Collector, Logger, Notifier, Store, Timers } from '../ports.ts';
import { REVISION, VERSION } from '../version.ts';
import { type AlertEvents, createAlertEvents } from './alert-events.ts';
import { type Cycle, type CycleSettings, createCycle } from './cycle.ts';
import type { EventLog } from './event-log.ts';
import { errorText } from './logger.ts';
import { mailComposer } from './mail-composer.ts';
import { startMailer } from './mailer.ts';
import { createPatternLog, type PatternLog } from './pattern-log.ts';
import { createScanLog } from './scan-log.ts';
import { type Schedule, scanIntervalMs, startSchedule } from './schedule.ts';
import { createStateLog } from './state-log.ts';

/** The world an agent lives in; the demo has another than a service. */
export interface AgentDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly random: () => number;
  readonly logger: Logger;
  /** Name of the machine, for Message-IDs and the last line of mails. */
  readonly machineName: string;
  readonly store: Store;
  readonly createCollector: (config: Config) => Collector;
  /** `null` when nobody is to be mailed. */
  readonly createNotifier: (config: Config) => Notifier | null;
  /** Mails that were written instead of sent; `null` when mail is really sent. */
  readonly writtenMails: (() => readonly MailLink[]) | null;
  /** Told of every view that was published; `null` when nobody listens. */
  readonly onView: ((view: AgentView) => void) | null;
  /** `null` when there is none. */
  readonly eventLog: EventLog | null;
}

export interface Agent {
  /** Where it listens. */
  readonly url: string;
  /** Takes up a new configuration; what needs a restart is logged. */
  reconfigure(config: Config): void;
  /** A new configuration could not be used. */
  configRefused(): void;
  /** Ends the scan under way and everything else; resolves within ten seconds. */
  stop(): Promise<void>;
}

export type StartedAgent =
  | { readonly ok: true; readonly agent: Agent }
  /** A sentence that says what to change. */
  | { readonly ok: false; readonly message: string };

/** Starts to listen, then to scan. The store stays the caller's to close. */
export async function startAgent(initial: Config, deps: AgentDeps): Promise<StartedAgent> {
  const { clock, logger, store } = deps;
  const selfMetrics = createSelfMetrics(
    { version: VERSION, revision: REVISION, nodeVersion: process.version },
    initial.hosts,
  );
  const exporter = createExporter({
    web: initial.web,
    metrics: initial.metrics,
    clock,
    selfMetrics,
    version: VERSION,
    mails: deps.writtenMails,
    onFault: (error) => logger.error('a request could not be answered', { error: errorText(error) }),
  });
  const listening = await exporter.listen();
  if (!listening.ok) return listening;
  selfMetrics.configLoaded(true, clock.now());

  const { eventLog } = deps;
  const alertEvents =
    eventLog === null ? null : createAlertEvents(store.loadAlerts(), initial.log.eventLogAlerts, eventLog);
  const patternLog = createPatternLog(initial, logger);
  const publish = async (view: AgentView): Promise<void> => {
    await exporter.publish(view);
    patternLog.judged(view);
    deps.onView?.(view);
  };
  const cycle = createCycle(
    {
      ...{ clock, store, selfMetrics, logger, alertEvents, publish },
      scanLog: createScanLog(logger, eventLog),
      stateLog: createStateLog(logger, eventLog),
    },
    rememberedHosts(store, logger),
  );
  return {
    ok: true,
    agent: {
      url: listening.url,
      ...assemble(initial, { ...deps, exporter, selfMetrics, cycle, patternLog, alertEvents }),
    },
  };
}

interface Parts extends AgentDeps {
  readonly exporter: Exporter;
  readonly selfMetrics: SelfMetrics;
  readonly cycle: Cycle;
  readonly patternLog: PatternLog;
  readonly alertEvents: AlertEvents | null;
}

function assemble(initial: Config, parts: Parts): Omit<Agent, 'url'> {
  const { clock, timers, random, logger, selfMetrics, exporter, cycle } = parts;
  const stopping = new AbortController();
  const mailer = startMailer(parts.createNotifier(initial), parts);
  let config = initial;
  let settings = settingsOf(config, parts);
  // The time to the next slot of a cron schedule is another one each time.
  const current = (): CycleSettings => ({ ...settings, scanIntervalMs: scanIntervalMs(config.schedule) });
  let judged: Promise<void> = Promise.resolve();
  selfMetrics.scanIntervalSet(settings.scanIntervalMs);

  const schedule: Schedule = startSchedule(
    initial.schedule,
    {
      scan: async () => {
        // By a cron schedule nights are longer than days: whoever compares with it needs the one of now.
        selfMetrics.scanIntervalSet(current().scanIntervalMs);
        await cycle.run(current, stopping.signal);
        mailer.deliverSoon();
      },
      skipped: () => {
        selfMetrics.scanSkipped();
        logger.warn('scan skipped: the one before still runs');
      },
      stalled: (overdueMs) => logger.error('the schedule had stopped and was started anew', { overdueMs }),
    },
    { clock, timers, random },
  );
  return {
    reconfigure(next) {
      warnOfRestart(initial, next, logger);
      config = next;
      parts.patternLog.use(next);
      parts.alertEvents?.use(next.log.eventLogAlerts);
      mailer.use(parts.createNotifier(next));
      settings = settingsOf(next, parts);
      selfMetrics.scanIntervalSet(settings.scanIntervalMs);
      selfMetrics.configLoaded(true, clock.now());
      exporter.reconfigure(next.metrics);
      schedule.change(next.schedule);
      judged = cycle.judgeAgain(current).then(() => mailer.deliverSoon());
    },
    configRefused: () => selfMetrics.configLoaded(false, clock.now()),
    async stop() {
      stopping.abort();
      await Promise.all([schedule.stop(), judged, mailer.stop()]);
      await exporter.close();
    },
  };
}

function settingsOf(config: Config, parts: Parts): CycleSettings {
  return {
    hosts: config.hosts,
    policy: compilePolicy(config.policy),
    scanIntervalMs: scanIntervalMs(config.schedule),
    collector: parts.createCollector(config),
    composeMails: mailComposer(config, parts.machineName),
  };
}

function warnOfRestart(inForce: Config, next: Config, logger: Logger): void {
  const { web } = inForce;
  if (web.host !== next.web.host || web.port !== next.web.port) {
    logger.warn('web.listen was changed; it takes effect at the next start');
  }
}

function rememberedHosts(store: Store, logger: Logger): ReturnType<typeof rememberedHost>[] {
  try {
    return store
      .loadReports()
      .flatMap(({ report }) => (report.status === 'read' ? [rememberedHost(report)] : []));
  } catch (error) {
    logger.warn('the last reports could not be loaded; starting without them', { error: errorText(error) });
    return [];
  }
}
