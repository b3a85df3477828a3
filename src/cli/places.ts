import { defaultConfigPath, defaultStateDir } from '../config/paths.ts';
import type { CliIo } from './io.ts';

/** The two default places on this machine, for the help of a command. */
export function placesText({ env, platform }: CliIo): string {
  return [
    'Defaults on this machine:',
    `  configuration  ${defaultConfigPath(env, platform)}`,
    `  state folder   ${defaultStateDir(env, platform)}`,
  ].join('\n');
}

/** The default places everywhere, as a table in Markdown. */
export function placesTable(): string {
  const row = (where: string, env: CliIo['env'], platform: string): string =>
    `| ${where} | \`${defaultConfigPath(env, platform)}\` | \`${defaultStateDir(env, platform)}\` |`;
  return [
    '| | configuration | state folder |',
    '| --- | --- | --- |',
    row('Windows', { ProgramData: '%ProgramData%' }, 'win32'),
    row('Linux', { HOME: '~' }, 'linux'),
    row('Linux, without a home', {}, 'linux'),
  ].join('\n');
}
