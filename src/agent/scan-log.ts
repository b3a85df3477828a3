import { errorInfo } from '../core/collect-error.ts';
import { countIncompleteVms, nothingKnownText } from '../core/coverage.ts';
import type { HostView } from '../core/inventory.ts';
import type { HostReading, HostReport } from '../core/model.ts';
import { scanFailedText } from '../core/render/event-text.ts';
import { plainText } from '../core/render/plain-text.ts';
import { countExcepted, countTroubles } from '../core/trouble.ts';
import type { AgentView } from '../core/view.ts';
import type { Logger } from '../ports.ts';
import type { EventLog } from './event-log.ts';
import { errorText } from './logger.ts';

/** One line a scan; a failure that lasts is told when it begins and when it ends, and what was found when that changes. */
export interface ScanLog {
  /** @param view the host with this report folded in: what a report leaves open shows only there */
  scanned(report: HostReport, view: HostView): void;
  /** How much is wrong on all hosts together, as far as anything is known of them. */
  judged(view: AgentView): void;
  /** A fault of the agent itself, which ended a scan or a judging before anything could be shown. */
  broke(what: 'scan' | 'judging', error: unknown): void;
  /** What was judged is shown. */
  shown(): void;
}

/** @param eventLog `null` when there is none */
export function createScanLog(logger: Logger, eventLog: EventLog | null): ScanLog {
  const failing = new Map<string, string>();
  let lastFound = '';
  let isBroken = false;
  return {
    broke(what, error) {
      const text = errorText(error);
      logger.error(`${what} failed unexpectedly`, { error: text });
      if (!isBroken)
        eventLog?.tell('scanFailed', `A ${what} has failed by a fault of the agent: ${plainText(text, 500)}`);
      isBroken = true;
    },
    shown() {
      if (isBroken) eventLog?.tell('scanRecovered', 'What is found is shown again.');
      isBroken = false;
    },
    judged(view) {
      if (nothingKnownText(view) !== null) return;
      const { critical, warning, info } = countTroubles(view.findings);
      const excepted = countExcepted(view.findings);
      const found = { critical, warning, info, ...(excepted === 0 ? {} : { excepted }) };
      const text = JSON.stringify(found);
      if (text !== lastFound) logger.info('judged', found);
      else logger.debug('judged as before', found);
      lastFound = text;
    },
    scanned(report, view) {
      const before = failing.get(report.host);
      if (report.status === 'read') {
        if (before !== undefined) {
          logger.info('host is read again', { host: report.host });
          eventLog?.tell('scanRecovered', `${plainText(report.host)} is read again.`);
        }
        failing.delete(report.host);
        logger.info('scanned', {
          host: report.host,
          ms: Math.round(report.durationMs),
          vms: report.vms.length,
          checkpoints: report.vms.reduce((sum, vm) => sum + (vm.checkpoints?.length ?? 0), 0),
          incompleteVms: countIncompleteVms(view),
        });
        tellErrors(report, logger);
        return;
      }
      const { code, detail, target } = report.error;
      failing.set(report.host, code);
      if (before === code) {
        logger.debug('host was not read, as before', { host: report.host, code, target, detail });
        return;
      }
      const { meaning, advice } = errorInfo(code);
      logger.warn('host was not read', { host: report.host, code, meaning, target, detail, advice });
      eventLog?.tell('scanFailed', scanFailedText(report.host, report.error));
    },
  };
}

/** More would drown the log. */
const MOST_TOLD = 50;

/** What could not be read of a host that was read otherwise; metrics and page say it all the time. */
function tellErrors(report: HostReading, logger: Logger): void {
  const errors = [
    ...report.errors.map((error) => ({ vm: null, error })),
    ...report.vms.flatMap(({ name, errors }) => errors.map((error) => ({ vm: name, error }))),
  ];
  for (const { vm, error } of errors.slice(0, MOST_TOLD)) {
    const { code, target, detail } = error;
    logger.debug('could not be read', { host: report.host, vm, code, target, detail });
  }
  if (errors.length > MOST_TOLD) {
    logger.debug('more could not be read', { host: report.host, more: errors.length - MOST_TOLD });
  }
}
