import { join } from 'node:path';
import { CA_FILE, freePort } from '../notifier/smtp-server.ts';
import { AgentProcess, folder, replayingShell, writeConfig } from './agent-process.ts';

const SMALL_OFFICE = join(import.meta.dirname, '..', 'fixtures', 'recordings', 'small-office.json');

/** Where an agent runs: a folder of its own with configuration and state, and a free port. */
export interface Setting {
  readonly stateDir: string;
  readonly configPath: string;
  readonly url: string;
  /** Writes the configuration anew, with this in addition. */
  configure(more?: object): void;
  run(...more: readonly string[]): AgentProcess;
}

/** A folder with a configuration for an agent that reads through this shell, the small office unless told otherwise. */
export async function setting(more: object = {}, makeShell?: (home: string) => string): Promise<Setting> {
  const home = folder();
  const stateDir = join(home, 'state');
  const configPath = join(home, 'agent.yml');
  const port = await freePort();
  const executable = makeShell?.(home) ?? replayingShell(home, SMALL_OFFICE);
  const configure = (extra: object = {}): void =>
    writeConfig(configPath, {
      web: { listen: `127.0.0.1:${port}` },
      collector: { powershell: { executable } },
      ...extra,
    });
  configure(more);
  return {
    stateDir,
    configPath,
    url: `http://127.0.0.1:${port}`,
    configure,
    run: (...args) => new AgentProcess(['run', '--config', configPath, '--state-dir', stateDir, ...args]),
  };
}

/** The mail section for a server of the tests. */
export function mailBy(port: number, more: object = {}): object {
  const smtp = { host: 'localhost', port, ca_file: CA_FILE, from: 'hyperv@example.com', ...more };
  return { smtp, to: 'ops@example.com' };
}
