import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from '../test/until.ts';
import { windowsNodeForWine } from '../test/windows/nodes.ts';
import { windowsPath } from '../test/windows/prefix.ts';
import { installHost } from '../test/windows/program.ts';
import { processesWith, type ServiceSetup, WineService } from '../test/windows/service.ts';
import { bootWine, type Wine } from '../test/windows/wine.ts';
import { bundleAgent } from '../tools/bundle.ts';
import { elapsedMs, report } from './measure.ts';

const ROUNDS = 5;

/** Fails at once, so that the agent is idle. */
const NO_SHELL = 'C:\\nowhere\\powershell.exe';
/** Reads its input for ever: the scan goes on and on. */
const HUNG_SHELL = 'C:\\windows\\system32\\cmd.exe';

/** Puts a service in place, and hands over how it is started and stopped. */
async function withService<T>(
  wine: Wine,
  { name, shell, port }: { readonly name: string; readonly shell: string; readonly port: number },
  use: (service: WineService) => Promise<T>,
): Promise<T> {
  const program = join(wine.home, 'program');
  const data = join(wine.home, name);
  mkdirSync(data);
  const config = { web: { listen: `127.0.0.1:${port}` }, collector: { powershell: { executable: shell } } };
  writeFileSync(join(data, 'agent.yml'), JSON.stringify(config));
  const setup: ServiceSetup = {
    name,
    node: join(program, 'node.exe'),
    host: join(program, 'service-host.mjs'),
    agent: join(program, 'checkpoint-agent.mjs'),
    logDir: join(data, 'logs'),
    runArguments: [
      ...['--config', windowsPath(join(data, 'agent.yml'))],
      ...['--state-dir', windowsPath(join(data, 'state'))],
    ],
  };
  const service = await WineService.install(wine, setup);
  try {
    return await use(service);
  } finally {
    await service.remove();
  }
}

const startOf = (service: WineService): Promise<number> =>
  elapsedMs(async () => {
    await service.start();
    await service.reaches('RUNNING');
  });

const stopOf = (service: WineService): Promise<number> =>
  elapsedMs(async () => {
    await service.stop();
    await service.reaches('STOPPED');
  });

const wine = await bootWine();
try {
  const { host } = await installHost(join(wine.home, 'program'), await windowsNodeForWine());
  await bundleAgent(dirname(host), '');
  const starts: number[] = [];
  const stops: number[] = [];
  const stopsInScan: number[] = [];
  await withService(wine, { name: 'bench-idle', shell: NO_SHELL, port: 19_754 }, async (service) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      starts.push(await startOf(service));
      stops.push(await stopOf(service));
    }
  });
  await withService(wine, { name: 'bench-scan', shell: HUNG_SHELL, port: 19_755 }, async (service) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      await startOf(service);
      await until('the scan', () => processesWith('-NonInteractive', '-ExecutionPolicy').length > 0);
      stopsInScan.push(await stopOf(service));
    }
  });
  report([
    { name: 'service: start to RUNNING, under Wine', unit: 'ms', samples: starts, mark: { atMost: 3000 } },
    { name: 'service: stop, idle', unit: 'ms', samples: stops, mark: { atMost: 2000 } },
    {
      name: 'service: stop in the middle of a scan',
      unit: 'ms',
      samples: stopsInScan,
      mark: { atMost: 10_000 },
    },
  ]);
} finally {
  await wine.end();
}
