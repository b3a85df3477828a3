import type { LogConfig } from '../config/config.ts';
import type { Clock, Logger } from '../ports.ts';
import { createLogFile, type LogFile, type LogFileWorld } from './log-file.ts';
import { createLogger, logLine } from './logger.ts';

/** The agent's log: in a file that is kept within bounds, or on standard error. */
export interface Log {
  readonly logger: Logger;
  /** Level, format, place and bounds from now on. @param file absolute path; `null` is standard error */
  use(config: LogConfig, file: string | null): void;
  close(): void;
}

export interface LogWorld extends LogFileWorld {
  readonly clock: Clock;
  readonly stderr: (text: string) => void;
}

/**
 * What cannot be written to the file is dropped and counted: standard error hears of it at once, the file itself as
 * soon as it takes lines again.
 */
export function createLog(initial: LogConfig, initialFile: string | null, world: LogWorld): Log {
  const { clock, stderr } = world;
  let config = initial;
  let path = initialFile;
  let file = openAt(initialFile, initial, world);
  let lost = 0;

  const write = (line: string): void => {
    if (file === null) stderr(line);
    else append(line, file);
  };
  const append = (line: string, to: LogFile): void => {
    const why = tellOfLost(to) ?? to.append(line);
    if (why === null) return;
    if (lost === 0) stderr(noticeOf(`the log cannot be written; lines are lost until it can`, { why }));
    lost += 1;
  };
  const tellOfLost = (to: LogFile): string | null => {
    if (lost === 0) return null;
    const why = to.append(noticeOf('lines are missing here: the log could not be written', { lines: lost }));
    if (why !== null) return why;
    stderr(noticeOf('the log can be written again', { lost }));
    lost = 0;
    return null;
  };
  const noticeOf = (message: string, fields: Readonly<Record<string, string | number>>): string =>
    logLine({ level: 'warn', message, fields: { ...fields, file: path } }, config.format, clock);
  const logger = createLogger(clock, write, () => config);

  return {
    logger,
    use(next, nextFile) {
      if (nextFile !== path) {
        logger.info('the log goes on in another place', { file: nextFile ?? 'standard error' });
        file?.close();
        file = openAt(nextFile, next, world);
        path = nextFile;
        if (file === null) lost = 0;
      }
      file?.use(next);
      config = next;
    },
    close: () => file?.close(),
  };
}

function openAt(path: string | null, config: LogConfig, world: LogWorld): LogFile | null {
  return path === null ? null : createLogFile(path, config, world);
}
