import { formatWithOptions } from 'node:util';
import type { LogFormat, LogLevel } from '../config/config.ts';
import type { Clock, LogFields, Logger } from '../ports.ts';

/** What of the log is written, and how. */
export interface LogStyle {
  /** The least level that is written. */
  readonly level: LogLevel;
  readonly format: LogFormat;
}

export interface LogRecord {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields?: LogFields;
}

const USUAL: LogStyle = { level: 'info', format: 'text' };

const RANK: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** Longest value, and longest message; people write neither, programs might. */
const MAX_VALUE = 2000;
const MAX_MESSAGE = 4000;

/** One line an event. @param style asked for at every event, so that it may change */
export function createLogger(
  clock: Clock,
  write: (line: string) => void,
  style: () => LogStyle = () => USUAL,
): Logger {
  const at =
    (level: LogLevel) =>
    (message: string, fields: LogFields = {}): void => {
      const { level: least, format } = style();
      if (RANK[level] < RANK[least]) return;
      write(logLine({ level, message, fields }, format, clock));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/**
 * A line with its end: time, level, message, fields. Values are JSON and messages escaped, so that nothing can forge a
 * line; what is too long is cut.
 */
export function logLine({ level, message, fields = {} }: LogRecord, format: LogFormat, clock: Clock): string {
  const time = new Date(clock.now()).toISOString();
  const head = { time, level, message: cut(message, MAX_MESSAGE) };
  const values = Object.entries(fields).map(([key, value]) => [key, bounded(value)] as const);
  if (format === 'json') {
    // Behind the fields once more: none of them may take the place of what every line has.
    return `${escaped(JSON.stringify({ ...head, ...Object.fromEntries(values), ...head }))}\n`;
  }
  const rest = values.map(([key, value]) => ` ${key}=${escaped(JSON.stringify(value))}`);
  return `${time} ${level} ${escaped(head.message)}${rest.join('')}\n`;
}

function bounded(value: LogFields[string]): LogFields[string] {
  return typeof value === 'string' ? cut(value, MAX_VALUE) : value;
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** JSON leaves the controls of C1 and the bidirectional ones as they are; a terminal does not. */
function escaped(text: string): string {
  return text.replace(
    /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]/g,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** What an unexpected error says, bounded, without its stack. */
export function errorText(error: unknown): string {
  const text =
    error instanceof Error ? error.message : formatWithOptions({ breakLength: Infinity }, '%s', error);
  return text.slice(0, 500);
}
