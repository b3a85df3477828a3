import path from 'node:path';
import { readEnv } from './world.ts';

const NAME = 'hyperv-checkpoint-agent';

type Env = Readonly<Record<string, string | undefined>>;

/** Where the configuration is looked for when no `--config` is given. */
export function defaultConfigPath(env: Env, platform: string): string {
  if (platform === 'win32') return path.win32.join(programData(env), NAME, 'agent.yml');
  return path.posix.join(xdgFolder(env, 'XDG_CONFIG_HOME', '.config', '/etc'), NAME, 'agent.yml');
}

/** Where the database is kept when no `--state-dir` is given. */
export function defaultStateDir(env: Env, platform: string): string {
  if (platform === 'win32') return path.win32.join(programData(env), NAME, 'state');
  return path.posix.join(xdgFolder(env, 'XDG_STATE_HOME', '.local/state', '/var/lib'), NAME);
}

/** Where the log of the Windows service is kept when nothing else is said: beside its configuration. */
export function defaultLogFile(configPath: string): string {
  return path.win32.join(path.win32.dirname(configPath), 'logs', 'agent.log');
}

function programData(env: Env): string {
  const folder = readEnv({ env, platform: 'win32' }, 'ProgramData');
  return folder === undefined || folder === '' ? 'C:\\ProgramData' : folder;
}

/** As the XDG Base Directory Specification says: relative values are ignored. A service may have no home at all. */
function xdgFolder(env: Env, variable: string, belowHome: string, withoutHome: string): string {
  const named = env[variable];
  if (named !== undefined && path.posix.isAbsolute(named)) return named;
  const home = env.HOME;
  return home === undefined || home === '' ? withoutHome : path.posix.join(home, belowHome);
}
