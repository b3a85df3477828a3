import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Alert } from '../core/alert/alert.ts';
import { anyHostRead, observationOf } from '../core/alert/completeness.ts';
import { dueNotifications, markNotified } from '../core/alert/notification.ts';
import { observe } from '../core/alert/observe.ts';
import { attributeVm, fileIndex, foldReport, inventoryOf, unreadHost } from '../core/fold.ts';
import type { HostView, Inventory, VmView } from '../core/inventory.ts';
import type { HostReading, HostReport, Instant } from '../core/model.ts';
import type { Policy } from '../core/policy/compile.ts';
import { type PolicyMemory, remember } from '../core/policy/memory.ts';
import { type Judgement, judgeInSteps } from '../core/rules/index.ts';
import type { AgentView } from '../core/view.ts';
import type { SelfMetrics } from '../exporter/self-metrics.ts';
import type { Clock, Collector, Logger, Store } from '../ports.ts';
import type { AlertEvents } from './alert-events.ts';
import type { ComposeMails } from './mail-composer.ts';
import type { ScanLog } from './scan-log.ts';
import type { StateLog } from './state-log.ts';

/** What a cycle takes from the configuration; replaced as a whole at a reload. */
export interface CycleSettings {
  readonly hosts: readonly string[];
  readonly policy: Policy;
  readonly scanIntervalMs: number;
  readonly collector: Collector;
  /** `null`: nobody is told anything by mail. */
  readonly composeMails: ComposeMails | null;
}

export interface CycleDeps {
  readonly clock: Clock;
  readonly store: Store;
  readonly selfMetrics: SelfMetrics;
  readonly logger: Logger;
  readonly scanLog: ScanLog;
  readonly stateLog: StateLog;
  /** `null` when there is no event log. */
  readonly alertEvents: AlertEvents | null;
  /** Shows a new view to everybody; the old one stays until it is ready. */
  readonly publish: (view: AgentView) => Promise<void>;
}

/** Everything from reading the hosts to having the mails in the outbox, once. */
export interface Cycle {
  /**
   * Never rejects. Does nothing more once the signal is aborted.
   * The settings are asked for when reading begins and again when judging does: a reload meanwhile counts.
   */
  run(current: () => CycleSettings, signal: AbortSignal): Promise<void>;
  /** Judges what was read last by the settings of now, without reading again. Never rejects. */
  judgeAgain(current: () => CycleSettings): Promise<void>;
}

/** @param remembered what an earlier life of the agent knew; it is shown only when the first scan of a host fails */
export function createCycle(deps: CycleDeps, remembered: readonly HostView[]): Cycle {
  let hosts: ReadonlyMap<string, HostView> = new Map(remembered.map((view) => [view.host, view]));
  let alerts = deps.store.loadAlerts();
  let memory = deps.store.loadMemory();
  deps.selfMetrics.alertsHeld(alerts);

  let judging: Promise<void> = Promise.resolve();

  /** One after the other, so that a view made by older settings never follows one made by newer ones. */
  const judgeHosts = (current: () => CycleSettings): Promise<void> => {
    const judged = judging.then(() => judgeNow(current()));
    judging = judged.catch(() => {});
    return judged;
  };
  const judgeNow = async (settings: CycleSettings): Promise<void> => {
    const known = settings.hosts.map((host) => hosts.get(host) ?? unreadHost(host));
    const now = deps.clock.now();
    const judgement = await judgeInTurns(inventoryOf(known, now), { settings, memory, now });
    const { inventory, findings } = judgement;
    const { policy, scanIntervalMs } = settings;
    const view = { inventory, findings, policy, memory, now, scanIntervalMs };
    deps.scanLog.judged(view);
    memory = keepInMind(memory, judgement, now, deps);
    alerts = tell(alerts, view, settings, deps);
    deps.selfMetrics.alertsHeld(alerts);
    await nextTurn();
    await deps.publish(view);
    deps.scanLog.shown();
  };
  const guarded = async (what: 'scan' | 'judging', action: () => Promise<void>): Promise<void> => {
    try {
      await action();
    } catch (error) {
      // A bug must not end the watch; the next scan is another chance, and the metrics show that this one is missing.
      deps.scanLog.broke(what, error);
    }
  };

  return {
    run: (current, signal) =>
      guarded('scan', async () => {
        const reports = await collectAll(current(), deps, signal);
        if (signal.aborted) return;
        await nextTurn();
        const folded = reports.map(async (report) => {
          const view = await fold(hosts.get(report.host), report);
          deps.scanLog.scanned(report, view);
          return view;
        });
        hosts = new Map((await Promise.all(folded)).map((view) => [view.host, view]));
        await judgeHosts(current);
      }),
    async judgeAgain(current) {
      // Before the first scan there is nothing to judge.
      const isTried = [...hosts.values()].some(({ attempt }) => attempt !== null);
      if (isTried) await guarded('judging', () => judgeHosts(current));
    },
  };
}

async function collectAll(
  { hosts, collector }: CycleSettings,
  { selfMetrics, store, stateLog }: CycleDeps,
  signal: AbortSignal,
): Promise<readonly HostReport[]> {
  return Promise.all(
    hosts.map(async (host) => {
      const report = await collector.collect(host, signal);
      if (signal.aborted) return report;
      selfMetrics.scanFinished(report);
      if (report.status === 'read') {
        try {
          await nextTurn();
          await store.saveReport(report);
          stateLog.written('report', host);
        } catch (error) {
          stateLog.failed('report', host, error);
        }
      }
      return report;
    }),
  );
}

/** How many VMs are attributed before others get their turn; some milliseconds. */
const VMS_AT_A_TIME = 200;

async function fold(previous: HostView | undefined, report: HostReport): Promise<HostView> {
  const known = previous ?? unreadHost(report.host);
  return foldReport(known, report, report.status === 'read' ? await attributeInTurns(report) : known.vms);
}

async function attributeInTurns(reading: HostReading): Promise<readonly VmView[]> {
  const files = fileIndex(reading);
  const views: VmView[] = [];
  for (const [index, vm] of reading.vms.entries()) {
    if (index % VMS_AT_A_TIME === VMS_AT_A_TIME - 1) await nextTurn();
    views.push(attributeVm(vm, files));
  }
  return views;
}

interface JudgedBy {
  readonly settings: CycleSettings;
  readonly memory: PolicyMemory;
  readonly now: Instant;
}

/** Others get their turn between two rules. */
async function judgeInTurns(inventory: Inventory, { settings, memory, now }: JudgedBy): Promise<Judgement> {
  const steps = judgeInSteps({ inventory, policy: settings.policy, memory, now });
  for (;;) {
    const step = steps.next();
    await nextTurn();
    if (step.done === true) return step.value;
  }
}

/** What could not be stored is still known until the next start. */
function keepInMind(
  before: PolicyMemory,
  judgement: Judgement,
  now: Instant,
  { store, stateLog }: CycleDeps,
): PolicyMemory {
  const memory = remember(before, judgement, now);
  try {
    store.saveMemory(memory);
    stateLog.written('memory', null);
  } catch (error) {
    stateLog.failed('memory', null, error);
  }
  return memory;
}

/** Folds the findings into the alerts and puts what people have yet to be told into the outbox, in one transaction. */
function tell(
  before: readonly Alert[],
  view: AgentView,
  { composeMails }: CycleSettings,
  { store, stateLog, selfMetrics, alertEvents }: CycleDeps,
): readonly Alert[] {
  const observation = observationOf(view.inventory, view.findings, view.policy.config.exceptions);
  const observed = observe(before, observation, view.now);
  alertEvents?.observed(observation, view.now);
  try {
    const isBaselined = store.isBaselined();
    const state = { isBaselined, anyHostRead: anyHostRead(view.inventory) };
    const due = composeMails === null ? [] : dueNotifications(observed, state);
    const mails = composeMails === null || due.length === 0 ? [] : composeMails(due, view);
    const marked = markNotified(observed, due, view.now);
    const baselined = isBaselined || due.some(({ reason }) => reason === 'baseline');
    store.saveAlerts(marked, mails, baselined, view.now);
    stateLog.written('alerts', null);
    return marked;
  } catch (error) {
    // What was not stored was not told: it is owed at the next scan again.
    stateLog.failed('alerts', null, error);
    if (composeMails !== null) selfMetrics.mailFailed('other');
    return observed;
  }
}
