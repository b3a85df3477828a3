import type { Agent } from '../agent/agent.ts';
import type { Attempt } from '../agent/config-watch.ts';
import type { EventLog } from '../agent/event-log.ts';
import type { Log } from '../agent/log.ts';
import type { Config } from '../config/config.ts';
import type { LoadedConfig } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import { count } from '../core/units.ts';

export interface Reloaded {
  readonly agent: Pick<Agent, 'reconfigure' | 'configRefused'>;
  readonly log: Pick<Log, 'use' | 'logger'>;
  readonly eventLog: Pick<EventLog, 'tell'> | null;
  /** Where the log goes by a configuration. */
  readonly logFile: (config: Config) => string | null;
}

/** With a try a second: an editor that saves is done by then, one that keeps the file open is not. */
const QUIET_TRIES = 10;

/**
 * The new configuration takes over as a whole, or not at all.
 * @param quietTries how many tries in a row have failed untold; `null` when that was told, which is done once
 */
export function reload(loaded: LoadedConfig, running: Reloaded, quietTries: number | null): Attempt {
  if (loaded.ok) {
    takeOver(loaded, running);
    return 'read';
  }
  const { obstacle } = loaded;
  const isQuiet = quietTries === null || (obstacle === 'held' && quietTries < QUIET_TRIES);
  if (obstacle !== null && isQuiet) return 'quiet';
  refuse(loaded, running);
  return obstacle === null ? 'read' : 'told';
}

function takeOver(loaded: LoadedConfig & { readonly ok: true }, running: Reloaded): void {
  const { agent, log, eventLog } = running;
  log.use(loaded.config.log, running.logFile(loaded.config));
  for (const warning of loaded.warnings) log.logger.warn(formatProblems(loaded.path, [warning]).trim());
  agent.reconfigure(loaded.config);
  log.logger.info('configuration reloaded', { config: loaded.path });
  eventLog?.tell('reloaded', `The changed configuration ${loaded.path} is in force.`);
}

function refuse(loaded: LoadedConfig & { readonly ok: false }, { agent, log, eventLog }: Reloaded): void {
  agent.configRefused();
  const problems = loaded.problems.map((problem) => formatProblems(loaded.path, [problem]).trim());
  for (const problem of problems) log.logger.error(problem);
  const isTriedAgain = loaded.obstacle !== null;
  const text = isTriedAgain
    ? 'the changed configuration is tried again every second; the old one stays until it can be read'
    : 'the new configuration has errors; the old one stays';
  log.logger.error(text, { config: loaded.path });
  eventLog?.tell('refused', refusalText(problems, isTriedAgain));
}

function refusalText(problems: readonly string[], isTriedAgain: boolean): string {
  const first = problems[0] ?? '';
  if (isTriedAgain)
    return `The one before stays in force until this one can be read, which is tried every second: ${first}`;
  const lead = problems.length === 1 ? '' : 'The first: ';
  return `The changed configuration has ${count(problems.length, 'error')}; the one before stays in force. ${lead}${first}`;
}
