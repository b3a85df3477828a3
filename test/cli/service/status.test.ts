import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { type Answering, localUrl, whoAnswers } from '../../../src/cli/agent-status.ts';
import type { ServiceWorld } from '../../../src/cli/service/service-world.ts';
import { serviceStatus } from '../../../src/cli/service/status.ts';
import { loadConfig } from '../../../src/config/load.ts';
import { VERSION } from '../../../src/version.ts';
import { fakeIo } from '../io.ts';
import { fakeWindows } from './fake-windows.ts';
import { COMMAND_LINE, CONFIG, RUNNING, RUNNING_GERMAN, stopped } from './sc-samples.ts';

const AGENT: Answering = {
  who: 'agent',
  status: {
    version: VERSION,
    startedAt: Date.UTC(2026, 10, 21, 10, 0),
    scannedAt: Date.UTC(2026, 10, 24, 11, 56),
    hosts: [{ host: 'hv01', readOk: false, why: 'access\u001b[2J denied' }],
  },
};

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'service-status-'));
});
afterEach(() => rm(folder, { recursive: true }));

interface Given {
  readonly agent?: Answering;
  readonly json?: boolean;
  readonly load?: ServiceWorld['loadConfig'];
}

async function status(
  answers: Parameters<typeof fakeWindows>[0],
  { agent = AGENT, json = false, load }: Given = {},
) {
  const { io, printed } = fakeIo({ platform: 'win32', env: { ProgramData: folder } });
  const asked: string[] = [];
  const { world } = fakeWindows(answers, {
    askAgent: async (base) => {
      asked.push(base);
      return agent;
    },
    ...(load === undefined ? {} : { loadConfig: load }),
  });
  return {
    exitCode: await serviceStatus({ name: 'hyperv-checkpoint-agent', json }, io, world),
    ...printed,
    asked,
  };
}

/** The service as it was installed, but with a configuration that is here. */
function configOf(file: string): string {
  return CONFIG.replace(COMMAND_LINE, `"C:\\node.exe" "C:\\service-host.mjs" -- --config "${file}"`);
}

describe('service status', () => {
  it('says how the service is, and what its agent says of itself', async () => {
    const told = await status({ queryex: RUNNING_GERMAN, qc: configOf(join(folder, 'none.yml')) });
    expect(told.exitCode).toBe(0);
    const offset = new Date(Date.UTC(2026, 10, 24)).getTimezoneOffset();
    expect(offset).toBe(0);
    expect(told.out.replaceAll(VERSION, 'VERSION')).toMatchInlineSnapshot(`
      "service    hyperv-checkpoint-agent, running
      process    4312
      account    NT SERVICE\\hyperv-checkpoint-agent
      start      automatic
      version    VERSION
      uptime     3d 2h
      address    http://127.0.0.1:9753
      last scan  2026-11-24 11:56 +00:00 (4m ago)
                 hv01 was not read: access [2J denied
      "
    `);
  });

  it('says when the agent does not answer, or is of another version', async () => {
    const files = { queryex: RUNNING, qc: configOf(join(folder, 'none.yml')) };
    const silent: Answering = { who: 'nobody', isRefused: true, why: 'nothing listens there' };
    expect((await status(files, { agent: silent })).out).toContain(
      'address    http://127.0.0.1:9753, but the agent does not answer: nothing listens there\n',
    );
    expect((await status(files, { agent: { who: 'other', said: 'HTTP 404' } })).out).toContain(
      'address    http://127.0.0.1:9753, but what answers is not this agent (HTTP 404)\n',
    );
    const older = { ...AGENT, status: { ...AGENT.status, version: '0.0.1' } };
    expect((await status(files, { agent: older })).out).toContain(
      `version    0.0.1 (this program is ${VERSION})\n`,
    );
  });

  it('asks where the configuration of the service says that it listens', async () => {
    const file = join(folder, 'agent.yml');
    await writeFile(file, 'web:\n  listen: "[::]:9800"\n');
    const load: ServiceWorld['loadConfig'] = (input) => loadConfig({ ...input, platform: process.platform });
    const told = await status({ queryex: RUNNING, qc: configOf(file) }, { load });
    expect(told.asked).toEqual(['http://[::1]:9800']);
    await writeFile(file, 'nonsense: 1\n');
    expect((await status({ queryex: RUNNING, qc: configOf(file) }, { load })).asked).toEqual([
      'http://127.0.0.1:9753',
    ]);
  });

  it('ends with 3 when it is stopped, and says why', async () => {
    const told = await status({ queryex: stopped(1066, 78), qc: configOf('x') });
    expect(told).toMatchObject({ exitCode: 3, asked: [] });
    expect(told.out).toContain('hyperv-checkpoint-agent, stopped: the configuration is wrong;');
  });

  it('ends with 3 when there is none', async () => {
    const told = await status({ queryex: 1060, qc: 1060 });
    expect(told).toMatchObject({
      exitCode: 3,
      out: '',
      err: 'hyperv-checkpoint-agent: there is no such service; checkpoint-agent service install makes it (error 1060)\n',
    });
  });

  it('ends with 1 when that could not be found out', async () => {
    expect(await status({ queryex: 5, qc: 5 })).toMatchObject({ exitCode: 1 });
  });

  it('is JSON when asked to', async () => {
    const told = await status({ queryex: RUNNING, qc: configOf('x') }, { json: true });
    expect(JSON.parse(told.out)).toMatchObject({
      kind: 'hyperv.service',
      state: 'running',
      pid: 4312,
      answers: true,
      startedAt: '2026-11-21T10:00:00.000Z',
    });
    expect(JSON.parse((await status({ queryex: 1060, qc: 1060 }, { json: true })).out)).toMatchObject({
      state: null,
    });
  });
});

describe('who answers at an address', () => {
  const NEVER = new AbortController().signal;
  const serve = async (answer: (path: string) => { status: number; body: string }): Promise<string> => {
    const server = createServer((request, response) => {
      const { status, body } = answer(request.url ?? '');
      response.writeHead(status, { Location: '/elsewhere' }).end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
    onTestFinished(() => new Promise<void>((resolve) => server.close(() => resolve())));
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address !== null ? address.port : 0}`;
  };

  it('is the agent when it says so, also one that does not tell all', async () => {
    const body = JSON.stringify({ kind: 'hyperv.status', version: '0.0.1', scannedAt: null, hosts: null });
    const base = await serve(() => ({ status: 200, body }));
    expect(await whoAnswers(base, 5000, NEVER)).toEqual({
      who: 'agent',
      status: { version: '0.0.1', startedAt: null, scannedAt: null, hosts: [] },
    });
  });

  it.each([
    [200, '{}'],
    [200, 'hello'],
    [404, ''],
    [302, ''],
  ])('is something else when it answers %i with "%s"', async (code, body) => {
    const base = await serve(() => ({ status: code, body }));
    expect(await whoAnswers(base, 5000, NEVER)).toEqual({ who: 'other', said: `HTTP ${code}` });
  });

  it('is nobody where nothing listens', async () => {
    expect(await whoAnswers('http://127.0.0.1:1', 5000, NEVER)).toMatchObject({
      who: 'nobody',
      isRefused: true,
    });
  });

  it('is asked on this machine where the agent listens on all addresses', () => {
    expect(localUrl({ host: '0.0.0.0', port: 9753 })).toBe('http://127.0.0.1:9753');
    expect(localUrl({ host: '::', port: 9753 })).toBe('http://[::1]:9753');
    expect(localUrl({ host: '10.0.0.5', port: 80 })).toBe('http://10.0.0.5:80');
    expect(localUrl({ host: '127.0.0.1', port: 0 })).toBe(null);
  });
});
