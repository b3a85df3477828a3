import { cpSync, existsSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, untilShown } from '../acceptance/agent-process.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { layOutAgentData } from './agent-data.ts';
import { windowsNodeForWine } from './nodes.ts';
import { windowsPath } from './prefix.ts';
import { type AgentFolder, installAgent } from './program.ts';
import { installForTest } from './test-service.ts';
import { bootWine, type Wine } from './wine.ts';

const INTERVAL = 'hyperv_checkpoint_scan_interval_seconds';
const BUSY = 'the changed configuration is tried again every second';

describe.skipIf(isMissing('wine64'))('a configuration on Windows', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program: AgentFolder;

  beforeAll(async () => {
    wine = await bootWine();
    program = await installAgent(join(wine.home, 'program'), await windowsNodeForWine());
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  it('that an editor holds is taken over when the editor lets go, without another change', async () => {
    const folder = dirname(program.host);
    const data = await layOutAgentData(join(wine.home, 'ProgramData'));
    const { config, configPath, url } = data;
    const service = await installForTest(wine, { ...program, ...data, name: 'busy-config-test' });
    await service.start();
    await service.reaches('RUNNING');
    await untilShown(`${url}/metrics`, `\n${INTERVAL} 900\n`);

    cpSync(join(import.meta.dirname, 'hold-file.mjs'), join(folder, 'hold-file.mjs'));
    const editor = wine.run(
      program.node,
      windowsPath(join(folder, 'hold-file.mjs')),
      windowsPath(configPath),
    );
    await until('the file is held', () => existsSync(`${configPath}.held`));
    writeFileSync(configPath, config({ schedule: { every: '30m' } }));
    await until('the agent says so', () => service.agentLog.includes(BUSY));
    expect((await get(`${url}/metrics`)).text).toContain(`\n${INTERVAL} 900\n`);

    writeFileSync(`${configPath}.release`, '');
    await untilShown(`${url}/metrics`, `\n${INTERVAL} 1800\n`);
    expect(await editor).toMatchObject({ code: 0, err: '' });
    expect(service.agentLog).toContain('another program keeps it open');
    expect(service.agentLog.split(BUSY)).toHaveLength(2);
  });
});
