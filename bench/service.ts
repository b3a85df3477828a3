import { join } from 'node:path';
import { until } from '../test/until.ts';
import { HUNG_SHELL, layOutAgentData, NO_SHELL } from '../test/windows/agent-data.ts';
import { windowsNodeForWine } from '../test/windows/nodes.ts';
import { installAgent } from '../test/windows/program.ts';
import { processesWith, WineService } from '../test/windows/service.ts';
import { bootWine } from '../test/windows/wine.ts';
import { elapsedMs, report } from './measure.ts';

const ROUNDS = 5;

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
  const program = await installAgent(join(wine.home, 'program'), await windowsNodeForWine());
  /** Puts a service in place, and hands over how it is started and stopped. */
  const withService = async (
    name: string,
    executable: string,
    use: (service: WineService) => Promise<void>,
  ): Promise<void> => {
    const data = await layOutAgentData(join(wine.home, name), { powershell: { executable } });
    const service = await WineService.install(wine, { ...program, ...data, name });
    try {
      await use(service);
    } finally {
      await service.remove();
    }
  };
  const starts: number[] = [];
  const stops: number[] = [];
  const stopsInScan: number[] = [];
  await withService('bench-idle', NO_SHELL, async (service) => {
    for (let round = 0; round < ROUNDS; round += 1) {
      starts.push(await startOf(service));
      stops.push(await stopOf(service));
    }
  });
  await withService('bench-scan', HUNG_SHELL, async (service) => {
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
