import { cpSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, untilShown } from '../acceptance/agent-process.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { HUNG_SHELL, layOutAgentData, NO_SHELL } from './agent-data.ts';
import { windowsNodeForWine } from './nodes.ts';
import { windowsPath } from './prefix.ts';
import { type AgentFolder, installAgent } from './program.ts';
import { processesWith } from './service.ts';
import { installForTest } from './test-service.ts';
import { bootWine, type Wine } from './wine.ts';

const STOPPED = { state: 'STOPPED', exitCode: 0, specificExitCode: 0 };
const RELOADED = 'hyperv_checkpoint_config_last_reload_successful';
const INTERVAL = 'hyperv_checkpoint_scan_interval_seconds';

describe.skipIf(isMissing('wine64'))('the agent as a Windows service', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program: AgentFolder;
  let made = 0;

  beforeAll(async () => {
    wine = await bootWine();
    const folder = join(wine.home, 'Program Files', 'checkpoint agent');
    program = await installAgent(folder, await windowsNodeForWine());
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  const prepare = (executable: string = NO_SHELL) => {
    made += 1;
    return layOutAgentData(join(wine.home, 'ProgramData', `Prüfpunkte ${made}`), {
      powershell: { executable },
    });
  };
  const create = async (powershell?: string) => {
    const data = await prepare(powershell);
    const service = await installForTest(wine, { ...program, ...data, name: `agent-test-${made}` });
    return { ...data, service };
  };
  const running = async (powershell?: string) => {
    const created = await create(powershell);
    await created.service.start();
    await created.service.reaches('RUNNING');
    return created;
  };

  it('listens as soon as it is RUNNING, and says why the host is not read', async () => {
    const { service, url } = await running();
    expect(await get(`${url}/-/healthy`)).toMatchObject({ status: 200 });
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_scan_success{hyperv_host="');
    expect((await get(`${url}/metrics`)).text).toMatch(/agent_build_info\{.*nodeversion="v24\./);
    await untilShown(`${url}/check`, 'CHECKPOINTS UNKNOWN');
    expect(service.agentOutput).toMatch(/^The log is C:\\.*\\logs\\agent\.log\r?\n$/);
    expect(service.agentLog).toMatch(/ warn host was not read .*code="SHELL_MISSING".*C:\\\\nowhere/);
  });

  it('takes up a configuration that was edited or replaced, and keeps the old one when that is wrong', async () => {
    const { service, config, configPath, url } = await running();
    await untilShown(`${url}/metrics`, `\n${INTERVAL} 900\n`);
    writeFileSync(configPath, config({ schedule: { every: '30m' } }));
    await untilShown(`${url}/metrics`, `\n${INTERVAL} 1800\n`);
    writeFileSync(configPath, config({ schedule: { every: 'never' } }));
    await untilShown(`${url}/metrics`, `\n${RELOADED} 0\n`);
    expect((await get(`${url}/metrics`)).text).toContain(`\n${INTERVAL} 1800\n`);
    expect(service.agentLog).toContain(windowsPath(configPath));
    writeFileSync(`${configPath}.new`, config({ schedule: { every: '1h' } }));
    renameSync(`${configPath}.new`, configPath);
    await untilShown(`${url}/metrics`, `\n${INTERVAL} 3600\n`);
    expect((await get(`${url}/metrics`)).text).toContain(`\n${RELOADED} 1\n`);
  });

  it('stops and closes its database', async () => {
    const { service, stateDir } = await running();
    await service.stop();
    expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
    expect(service.agentLog).toMatch(/ info stopped\n$/);
    expect(integrityOf(stateDir)).toBe('ok');
  });

  it('stops in the middle of a scan, and ends the shell', async () => {
    const { service, url, stateDir } = await running(HUNG_SHELL);
    const shells = () => processesWith('-NonInteractive', '-ExecutionPolicy');
    await until('the scan', () => shells().length > 0);
    expect((await get(`${url}/-/ready`)).status).toBe(503);
    await service.stop();
    expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
    expect(service.agentLog).toMatch(/ info stopped\n$/);
    expect(shells()).toEqual([]);
    expect(integrityOf(stateDir)).toBe('ok');
  });

  it('stops on Ctrl+C, as other wrappers ask it to', async () => {
    const { runArguments, stateDir } = await prepare();
    const keys = join(dirname(program.host), 'ctrl-c.mjs');
    cpSync(join(import.meta.dirname, 'ctrl-c.mjs'), keys);
    const command = [windowsPath(program.agent), 'run', ...runArguments];
    const { out, err } = await wine.run(program.node, windowsPath(keys), ...command);
    expect(out, err).toContain('the agent ended with 0');
    expect(integrityOf(stateDir)).toBe('ok');
  });

  it('has failed with 78 when its configuration is wrong, and tells what is', async () => {
    const { service, config, configPath } = await create();
    writeFileSync(configPath, config({ schedule: { every: 'never' } }));
    await service.start();
    expect(await service.reaches('STOPPED')).toMatchObject({ exitCode: 1066, specificExitCode: 78 });
    expect(service.agentOutput).toContain(windowsPath(configPath));
    expect(service.agentOutput).toContain('schedule.every');
  });

  it('loses nothing when everything is killed at once', async () => {
    const { service, url, stateDir } = await running();
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_scan_success{');
    for (const pid of service.processes()) process.kill(pid, 'SIGKILL');
    await until('both have ended', () => service.processes().length === 0);
    await service.start();
    await service.reaches('RUNNING');
    await service.stop();
    expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
    expect(service.agentLog).not.toContain('damaged');
    expect(integrityOf(stateDir)).toBe('ok');
  });
});

/** What SQLite says of the database, when it was closed and not just left. */
function integrityOf(stateDir: string): unknown {
  expect(readdirSync(stateDir).sort()).toEqual(['agent.db', 'agent.lock']);
  const db = new DatabaseSync(join(stateDir, 'agent.db'), { readOnly: true });
  try {
    return db.prepare('PRAGMA integrity_check').get()?.integrity_check;
  } finally {
    db.close();
  }
}
