import { cpSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleServiceHost } from '../../tools/bundle.ts';
import { windowsNode } from '../../tools/windows-node.ts';
import { get } from '../acceptance/agent-process.ts';
import { freePort } from '../notifier/smtp-server.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { windowsPath } from './prefix.ts';
import { installHost } from './program.ts';
import type { ServiceSetup, WineService } from './service.ts';
import { installForTest } from './test-service.ts';
import { bootWine, type Wine, type WineResult } from './wine.ts';

const FAKE_AGENT = join(import.meta.dirname, 'fake-agent.mjs');

const STOPPED = { state: 'STOPPED', exitCode: 0, specificExitCode: 0 };

/** ERROR_SERVICE_SPECIFIC_ERROR: the code is the other one. */
const failedWith = (code: number) => ({ state: 'STOPPED', exitCode: 1066, specificExitCode: code });

type Program = Pick<ServiceSetup, 'node' | 'host' | 'agent'>;

describe.skipIf(isMissing('wine64'))('the service host', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program: Program;
  let made = 0;

  beforeAll(async () => {
    wine = await bootWine();
    program = await install(join(wine.home, 'program'));
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  const install = async (folder: string) => {
    const installed = await installHost(folder, await windowsNode('22.23.3'));
    const agent = join(folder, 'agent.mjs');
    cpSync(FAKE_AGENT, agent);
    return { ...installed, agent };
  };
  const runByHand = (host: string): Promise<WineResult> => {
    const logs = windowsPath(join(wine.home, 'logs by hand'));
    const options = ['--service', 'by-hand', '--agent', 'none.mjs', '--log-dir', logs];
    return wine.run(program.node, windowsPath(host), ...options);
  };
  const create = async (options: readonly string[], more: Partial<ServiceSetup> = {}) => {
    made += 1;
    const port = await freePort();
    const setup: ServiceSetup = {
      name: `checkpoint-test-${made}`,
      ...program,
      logDir: join(wine.home, `logs ${made}`),
      runArguments: ['--port', String(port), ...options],
      ...more,
    };
    return { service: await installForTest(wine, setup), url: `http://127.0.0.1:${port}`, setup };
  };
  const running = async (options: readonly string[] = [], more: Partial<ServiceSetup> = {}) => {
    const created = await create(options, more);
    await created.service.start();
    await created.service.reaches('RUNNING');
    return created;
  };
  const checkpointAfter = (service: WineService, checkpoint: number): Promise<void> =>
    until('a checkpoint', async () => (await service.query()).checkpoint > checkpoint);

  it('is RUNNING when the agent is ready, and no earlier; until then checkpoints show progress', async () => {
    const mark = join(wine.home, 'ready');
    const { service, url } = await create(['--ready-when', windowsPath(mark)]);
    await service.start();
    const { state, checkpoint } = await service.query();
    expect(state).toBe('START_PENDING');
    await checkpointAfter(service, checkpoint);
    expect(await service.query()).toMatchObject({ state: 'START_PENDING' });
    writeFileSync(mark, '');
    await service.reaches('RUNNING');
    expect(await get(url)).toMatchObject({ status: 200 });
  });

  it('asks the agent to stop by the end of its input, and is STOPPED when it has', async () => {
    const { service } = await running();
    await service.stop();
    expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
    expect(service.agentOutput).toBe('the stand-in listens\nthe stand-in is asked to stop\n');
    await until('every process of the service has ended', () => service.processes().length === 0);
  });

  it('shows progress for as long as the agent takes to stop', async () => {
    const { service } = await running(['--drain', '3000']);
    await service.stop();
    const { state, checkpoint } = await service.query();
    expect(state).toBe('STOP_PENDING');
    await checkpointAfter(service, checkpoint);
    expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
  });

  it('kills an agent that hangs when the time for a stop is over', async () => {
    const { service, url } = await running([], { drainMs: 1000 });
    await get(`${url}/hang`);
    await service.stop();
    expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
    expect(service.hostLog).toMatch(/asked to stop: stop\n.* stopping\n.* the agent is killed\n/);
    await until('every process of the service has ended', () => service.processes().length === 0);
  });

  it.each([9, 78, 3_221_225_477])('hands on exit code %d of the agent', async (code) => {
    const { service, url } = await running();
    await get(`${url}/exit?code=${code}`);
    expect(await service.reaches('STOPPED')).toMatchObject(failedWith(code));
  });

  it('hands on the exit code of an agent that ends before it is ready', async () => {
    const { service } = await create(['--exit', '78']);
    await service.start();
    expect(await service.reaches('STOPPED')).toMatchObject(failedWith(78));
    expect(service.hostLog).toContain('stopped with code 78: the configuration of the agent is wrong');
  });

  it('has failed when the agent ends by itself, also without an error', async () => {
    const { service, url } = await running();
    await get(`${url}/exit?code=0`);
    expect(await service.reaches('STOPPED')).toMatchObject(failedWith(20001));
  });

  it('keeps what the agent died of', async () => {
    const { service, url } = await running();
    await get(`${url}/throw?text=out+of+luck`);
    expect(await service.reaches('STOPPED')).toMatchObject(failedWith(1));
    expect(service.agentOutput).toMatch(/Error: out of luck\r?\n +at /);
  });

  it('keeps what Node.js says when the agent runs out of memory', async () => {
    const small = join(wine.home, 'small.cjs');
    writeFileSync(small, "process.env.NODE_OPTIONS = '--max-old-space-size=30';");
    const { service, url } = await running([], { nodeOptions: ['-r', windowsPath(small)] });
    await get(`${url}/fill`).catch(() => null);
    expect(await service.reaches('STOPPED')).toMatchObject(failedWith(134));
    expect(service.agentOutput).toMatch(/FATAL ERROR: .*JavaScript heap out of memory/);
  });

  it('bounds what the agent prints while it prints', async () => {
    const { service, url, setup } = await running();
    await get(`${url}/print?length=1500000`);
    await until('it is shortened', () => service.agentOutput === '');
    await get(`${url}/print?length=10`);
    await until('it goes on', () => service.agentOutput !== '');
    expect(service.agentOutput).toBe('xxxxxxxxxx\n');
    expect(statSync(join(setup.logDir, 'agent-output.1.log')).size).toBe(1024 * 1024);
  });

  it('takes the agent with it when it is killed', async () => {
    const { service, url } = await running();
    expect(service.agentProcesses()).toHaveLength(1);
    for (const pid of service.hostProcesses()) process.kill(pid, 'SIGKILL');
    await until('the agent has ended', () => service.agentProcesses().length === 0);
    await expect(get(url)).rejects.toThrow();
    // As after a restart by the recovery actions.
    await service.start();
    await service.reaches('RUNNING');
    expect(await get(url)).toMatchObject({ status: 200 });
  });

  it('ends as failed on a fault of its own, and takes the agent with it', async () => {
    const fault = join(wine.home, 'fault.cjs');
    writeFileSync(fault, "setTimeout(() => { throw new Error('a fault'); }, 1500);");
    const { service } = await create([], { nodeOptions: ['-r', windowsPath(fault)] });
    await service.start();
    expect(await service.reaches('STOPPED')).toMatchObject(failedWith(20004));
    expect(service.hostLog).toMatch(/fault of the host: Error: a fault\n +at /);
    await until('both have ended', () => service.processes().length === 0);
  });

  it('has failed when its logs cannot be written', async () => {
    const { service } = await create([], { logDir: join(wine.home, 'missing', 'logs') });
    await service.start();
    expect(await service.reaches('STOPPED')).toMatchObject(failedWith(20005));
  });

  it('starts and stops again and again', async () => {
    const { service } = await create([]);
    for (let round = 0; round < 20; round += 1) {
      await service.start();
      await service.reaches('RUNNING');
      await service.stop();
      expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
    }
    expect(service.hostLog.match(/ stopped\n/g)).toHaveLength(20);
  }, 300_000);

  it('has a name and paths with blanks, and with letters of any language', async () => {
    const elsewhere = await install(join(wine.home, 'Prüfstände – 検査', 'a & b'));
    const logDir = join(wine.home, 'Protokolle – 記録');
    mkdirSync(logDir);
    const name = 'Prüfpunkt-Wächter «1»';
    const { service, url } = await running(['--drain', '0'], { ...elsewhere, name, logDir });
    expect(await get(url)).toMatchObject({ status: 200 });
    expect(service.hostLog).toContain(` of "${name}", `);
    await service.stop();
    expect(await service.reaches('STOPPED')).toMatchObject(STOPPED);
  });

  it('says so when it lacks what lies beside it', async () => {
    const folder = join(wine.home, 'incomplete');
    await bundleServiceHost(folder);
    const { code } = await runByHand(join(folder, 'service-host.mjs'));
    // Linux keeps the lowest byte.
    expect(code).toBe(20004 % 256);
    const log = readFileSync(join(wine.home, 'logs by hand', 'service-host.log'), 'utf8');
    expect(log).toMatch(/fault of the host: .*Cannot find package 'koffi'/);
  });

  it('says so when something else than the service control manager starts it', async () => {
    const { code, err } = await runByHand(program.host);
    // Wine takes ten seconds for this answer. Linux keeps the lowest byte of 1063.
    expect(code).toBe(1063 % 256);
    expect(err).toMatch(/only the service control manager can start it \(error 1063\)/);
  });
});
