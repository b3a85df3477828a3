import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort } from '../notifier/smtp-server.ts';
import { windowsPath } from './prefix.ts';

/** Wine has no PowerShell: an agent that is to use this one is idle. */
export const NO_SHELL = 'C:\\nowhere\\powershell.exe';

/** Reads its input for ever, and answers nothing that could be taken for a report: a scan goes on and on. */
export const HUNG_SHELL = 'C:\\windows\\system32\\cmd.exe';

/** The folder in which an agent keeps its things, on drive C. Paths are those of Linux. */
export interface AgentData {
  readonly folder: string;
  readonly configPath: string;
  readonly stateDir: string;
  readonly logDir: string;
  /** Options of `run` and of the commands beside it: paths of Windows. */
  readonly runArguments: readonly string[];
  /** Where the agent will listen. */
  readonly url: string;
  /** The text of a configuration that listens there, with more in it. */
  readonly config: (more: object) => string;
}

/**
 * Makes the folder, with a configuration.
 * @param collector its part of the configuration
 */
export async function layOutAgentData(
  folder: string,
  collector: object = { powershell: { executable: NO_SHELL } },
): Promise<AgentData> {
  const [configPath, stateDir] = [join(folder, 'agent.yml'), join(folder, 'state of alerts')];
  const listen = `127.0.0.1:${await freePort()}`;
  const config = (more: object): string => JSON.stringify({ web: { listen }, collector, ...more });
  mkdirSync(folder, { recursive: true });
  writeFileSync(configPath, config({}));
  return {
    folder,
    configPath,
    stateDir,
    logDir: join(folder, 'logs'),
    runArguments: ['--config', windowsPath(configPath), '--state-dir', windowsPath(stateDir)],
    url: `http://${listen}`,
    config,
  };
}
