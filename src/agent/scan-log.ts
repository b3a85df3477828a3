import { errorInfo } from '../core/collect-error.ts';
import { countIncompleteVms, nothingKnownText } from '../core/coverage.ts';
import type { HostView } from '../core/inventory.ts';
import type { HostReport } from '../core/model.ts';
import { countExcepted, countTroubles } from '../core/trouble.ts';
import type { AgentView } from '../core/view.ts';
import type { Logger } from '../ports.ts';

/** One line a scan; a failure that lasts is told when it begins and when it ends, and what was found when that changes. */
export interface ScanLog {
  /** @param view the host with this report folded in: what a report leaves open shows only there */
  scanned(report: HostReport, view: HostView): void;
  /** How much is wrong on all hosts together, as far as anything is known of them. */
  judged(view: AgentView): void;
}

export function createScanLog(logger: Logger): ScanLog {
  const failing = new Map<string, string>();
  let lastFound = '';
  return {
    judged(view) {
      if (nothingKnownText(view) !== null) return;
      const { critical, warning, info } = countTroubles(view.findings);
      const excepted = countExcepted(view.findings);
      const found = { critical, warning, info, ...(excepted === 0 ? {} : { excepted }) };
      const text = JSON.stringify(found);
      if (text !== lastFound) logger.info('judged', found);
      lastFound = text;
    },
    scanned(report, view) {
      const before = failing.get(report.host);
      if (report.status === 'read') {
        if (before !== undefined) logger.info('host is read again', { host: report.host });
        failing.delete(report.host);
        logger.info('scanned', {
          host: report.host,
          ms: Math.round(report.durationMs),
          vms: report.vms.length,
          checkpoints: report.vms.reduce((sum, vm) => sum + (vm.checkpoints?.length ?? 0), 0),
          incompleteVms: countIncompleteVms(view),
        });
        return;
      }
      const { code, detail, target } = report.error;
      failing.set(report.host, code);
      if (before === code) return;
      const { meaning, advice } = errorInfo(code);
      logger.warn('host was not read', { host: report.host, code, meaning, target, detail, advice });
    },
  };
}
