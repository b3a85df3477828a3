import { plainText } from '../core/render/plain-text.ts';
import type { LogFields, Logger } from '../ports.ts';
import type { EventLog } from './event-log.ts';
import { errorText } from './logger.ts';

/** What a cycle writes, and what is said while it cannot be. */
const WRITES = {
  report: 'the last report could not be stored; a restart would begin without it',
  memory: 'what was learnt of guests and exceptions could not be stored',
  alerts: 'alerts could not be stored; nothing was mailed',
} as const;

export type StateWrite = keyof typeof WRITES;

/** Tells when something can no longer be written to the state, and when it can again; not at every try between. */
export interface StateLog {
  /** @param host whose report it is; `null` for what is not of one host */
  failed(what: StateWrite, host: string | null, error: unknown): void;
  written(what: StateWrite, host: string | null): void;
}

/**
 * @param eventLog hears of the first of all failures, of alerts, since nobody is told of anything meanwhile, and when
 * none is left; `null` when there is none
 */
export function createStateLog(logger: Logger, eventLog: EventLog | null): StateLog {
  const failing = new Set<string>();
  return {
    failed(what, host, error) {
      const key = keyOf(what, host);
      const fields = { ...ofHost(host), error: errorText(error) };
      if (failing.has(key)) {
        logger.debug(`${WRITES[what]}, as before`, fields);
        return;
      }
      const isNews = failing.size === 0 || what === 'alerts';
      failing.add(key);
      logger.error(WRITES[what], fields);
      const part = what === 'alerts' ? ', and nothing is mailed' : '';
      const why = plainText(errorText(error), 500);
      if (isNews) eventLog?.tell('stateFailing', `The state cannot be written${part}: ${why}`);
    },
    written(what, host) {
      if (!failing.delete(keyOf(what, host))) return;
      logger.info(`${what} can be stored again`, ofHost(host));
      if (failing.size === 0) eventLog?.tell('stateRecovered', 'The state is written again.');
    },
  };
}

function keyOf(what: StateWrite, host: string | null): string {
  return `${what} ${host ?? ''}`;
}

function ofHost(host: string | null): LogFields {
  return host === null ? {} : { host };
}
