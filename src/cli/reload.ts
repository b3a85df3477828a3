import type { Agent } from '../agent/agent.ts';
import type { EventLog } from '../agent/event-log.ts';
import type { Log } from '../agent/log.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { formatProblems } from '../config/problem.ts';
import { count } from '../core/units.ts';
import type { CliIo } from './io.ts';

export interface Reloaded {
  readonly agent: Agent;
  readonly log: Log;
  readonly eventLog: EventLog | null;
  /** Where the log goes by a configuration. */
  readonly logFile: (config: Config) => string | null;
}

/** The new configuration takes over as a whole, or not at all. @param path as given by `--config` */
export function reload(path: string | null, running: Reloaded, io: CliIo): void {
  const { agent, log, eventLog } = running;
  const loaded = loadConfig({ path, env: io.env, platform: io.platform, cwd: io.cwd });
  const { logger } = log;
  if (loaded.ok) {
    log.use(loaded.config.log, running.logFile(loaded.config));
    for (const warning of loaded.warnings) logger.warn(formatProblems(loaded.path, [warning]).trim());
    agent.reconfigure(loaded.config);
    logger.info('configuration reloaded', { config: loaded.path });
    eventLog?.tell('reloaded', `The changed configuration ${loaded.path} is in force.`);
    return;
  }
  agent.configRefused();
  const problems = loaded.problems.map((problem) => formatProblems(loaded.path, [problem]).trim());
  for (const problem of problems) logger.error(problem);
  logger.error('the new configuration has errors; the old one stays', { config: loaded.path });
  eventLog?.tell(
    'refused',
    `The changed configuration has ${count(problems.length, 'error')}; the one before stays in force. ${problems.length === 1 ? '' : 'The first: '}${problems[0] ?? ''}`,
  );
}
