import { cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleAgent } from '../../tools/bundle.ts';
import { get, untilShown } from '../acceptance/agent-process.ts';
import { freePort } from '../notifier/smtp-server.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { windowsNodeForWine } from './nodes.ts';
import { windowsPath } from './prefix.ts';
import { installHost, type ProgramFolder } from './program.ts';
import { installForTest } from './test-service.ts';
import { bootWine, type Wine } from './wine.ts';

const INTERVAL = 'hyperv_checkpoint_scan_interval_seconds';
const BUSY = 'the changed configuration is tried again every second';

describe.skipIf(isMissing('wine64'))('a configuration on Windows', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program: ProgramFolder;

  beforeAll(async () => {
    wine = await bootWine();
    program = await installHost(join(wine.home, 'program'), await windowsNodeForWine());
    await bundleAgent(dirname(program.host), '');
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  it('that an editor holds is taken over when the editor lets go, without another change', async () => {
    const folder = dirname(program.host);
    const configPath = join(wine.home, 'agent.yml');
    const url = `http://127.0.0.1:${await freePort()}`;
    const configure = (every: string): void =>
      writeFileSync(
        configPath,
        JSON.stringify({
          web: { listen: new URL(url).host },
          schedule: { every },
          collector: { powershell: { executable: 'C:\\nowhere\\powershell.exe' } },
        }),
      );
    configure('15m');
    const logDir = join(wine.home, 'logs');
    mkdirSync(logDir);
    const service = await installForTest(wine, {
      ...program,
      name: 'busy-config-test',
      agent: join(folder, 'checkpoint-agent.mjs'),
      logDir,
      runArguments: [
        '--config',
        windowsPath(configPath),
        '--state-dir',
        windowsPath(join(wine.home, 'state')),
      ],
    });
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
    configure('30m');
    await until('the agent says so', () => service.agentLog.includes(BUSY));
    expect((await get(`${url}/metrics`)).text).toContain(`\n${INTERVAL} 900\n`);

    writeFileSync(`${configPath}.release`, '');
    await untilShown(`${url}/metrics`, `\n${INTERVAL} 1800\n`);
    expect(await editor).toMatchObject({ code: 0, err: '' });
    expect(service.agentLog).toContain('another program keeps it open');
    expect(service.agentLog.split(BUSY)).toHaveLength(2);
  });
});
