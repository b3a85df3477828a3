import type { CliIo } from './io.ts';

/** Colours only on a terminal that wants them (https://no-color.org). */
export function wantsColour({ stdout, env }: CliIo): boolean {
  return stdout.isTTY && (env.NO_COLOR ?? '') === '' && env.TERM !== 'dumb';
}
