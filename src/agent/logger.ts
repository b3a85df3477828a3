import { formatWithOptions } from 'node:util';
import type { Clock, LogFields, Logger } from '../ports.ts';

/** One line an event: time, level, message, fields. Values are JSON and messages escaped, so that nothing can forge a line. */
export function createLogger(clock: Clock, write: (line: string) => void): Logger {
  const log = (level: string, message: string, fields: LogFields = {}): void => {
    const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${printable(value)}`);
    write(`${new Date(clock.now()).toISOString()} ${level} ${escaped(message)}${rest.join('')}\n`);
  };
  return {
    info: (message, fields) => log('info', message, fields),
    warn: (message, fields) => log('warn', message, fields),
    error: (message, fields) => log('error', message, fields),
  };
}

function printable(value: string | number | boolean | null): string {
  return escaped(JSON.stringify(value).slice(0, 2000));
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
