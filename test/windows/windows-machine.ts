import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { driveC, windowsPath } from './prefix.ts';
import { type InstalledService, processesWith } from './service.ts';
import type { Wine } from './wine.ts';

const NAME = 'hyperv-checkpoint-agent';
const SERVICES = 'HKLM\\System\\CurrentControlSet\\Services';
const EVENT_SOURCE = `${SERVICES}\\EventLog\\Application\\${NAME}`;
const ENVIRONMENT = 'HKLM\\System\\CurrentControlSet\\Control\\Session Manager\\Environment';

/** Where the setup puts things unless told otherwise; paths of Linux. */
export function usualPlaces() {
  const program = join(driveC(), 'Program Files', NAME);
  const data = join(driveC(), 'ProgramData', NAME);
  return { program, data, config: join(data, 'agent.yml'), state: join(data, 'state') };
}

/** The service as the setup installs it. */
export function usualService(): InstalledService {
  const { data, config, state } = usualPlaces();
  const runArguments = ['--config', windowsPath(config), '--state-dir', windowsPath(state)];
  return { name: NAME, logDir: join(data, 'logs'), runArguments };
}

/** What there is of the agent on this Windows. */
export interface Traces {
  readonly hasService: boolean;
  readonly hasEventSource: boolean;
  readonly folders: readonly string[];
  readonly processes: readonly number[];
  /** Of the machine, as the registry holds it. */
  readonly path: string;
}

export async function tracesOn(wine: Wine): Promise<Traces> {
  const isThere = async (key: string): Promise<boolean> => (await wine.run('reg', 'query', key)).code === 0;
  const path = await wine.run('reg', 'query', ENVIRONMENT, '/v', 'Path');
  return {
    hasService: await isThere(`${SERVICES}\\${NAME}`),
    hasEventSource: await isThere(EVENT_SOURCE),
    folders: ['Program Files', 'ProgramData'].flatMap((folder) =>
      readdirSync(join(driveC(), folder))
        .filter((name) => name.startsWith(NAME))
        .map((name) => `${folder}/${name}`),
    ),
    processes: processesWith(NAME, 'service-host.mjs'),
    path: /REG_\w+\s+(.*)/.exec(path.out)?.[1]?.trim() ?? path.err,
  };
}
