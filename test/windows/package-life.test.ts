import { linkSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageContents, revision } from '../../tools/package/contents.ts';
import { get, untilShown } from '../acceptance/agent-process.ts';
import { freePort } from '../notifier/smtp-server.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { windowsNodeForWine } from './nodes.ts';
import { windowsPath } from './prefix.ts';
import { WineService } from './service.ts';
import { bootWine, type Wine } from './wine.ts';

const isAbsent = isMissing('wine64') || isMissing('osslsigncode');
const RECORDING = join(import.meta.dirname, '../fixtures/recordings/small-office.json');

describe.skipIf(isAbsent)('the package on a Windows', { timeout: 120_000 }, () => {
  let wine: Wine;
  let program = '';

  /** As an administrator unpacks it. Wine 8 can start an altered node.exe only. */
  beforeAll(async () => {
    wine = await bootWine();
    program = join(wine.home, 'Program Files', 'hyperv checkpoint agent');
    const { files } = await packageContents(revision());
    for (const { name, bytes } of files) {
      if (name === 'node.exe') continue;
      mkdirSync(dirname(join(program, name)), { recursive: true });
      writeFileSync(join(program, name), bytes);
    }
    linkSync(await windowsNodeForWine(), join(program, 'node.exe'));
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  /** As from an administrator's own script: after /c, cmd would take away quotes that belong to the words. */
  const command = (...args: readonly string[]) => {
    const script = join(wine.home, 'my.cmd');
    const words = [windowsPath(join(program, 'bin', 'checkpoint-agent.cmd')), ...args];
    writeFileSync(script, `@${words.map((word) => `"${word}"`).join(' ')}\r\n`);
    return wine.run('cmd', '/c', windowsPath(script));
  };

  it('answers from cmd in a folder with blanks, and hands exit codes through', async () => {
    expect(await command('version')).toMatchObject({ code: 0, out: expect.stringContaining('Node.js 24.') });
    const copy = join(wine.home, 'a report (of all).json');
    writeFileSync(copy, readFileSync(RECORDING));
    const scanned = await command('scan', '--from-file', windowsPath(copy), '--fail-on', 'critical');
    expect(scanned.code).toBe(4);
    expect(scanned.out).toContain('before quota change');
    const nobody = await command('check', '--url', `http://127.0.0.1:${await freePort()}`);
    expect(nobody).toMatchObject({ code: 3, out: expect.stringMatching(/^CHECKPOINTS UNKNOWN - /) });
    expect((await command('preflight', '--vm', 'WEB01', '--from-file', windowsPath(copy))).code).toBe(0);
  });

  it('lives: it is installed, runs, is scraped, crashes, comes back, is updated and goes', async () => {
    const data = join(wine.home, 'ProgramData', 'Prüfpunkte');
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const configPath = join(data, 'agent.yml');
    mkdirSync(data, { recursive: true });
    const config = `web: { listen: "127.0.0.1:${port}" }\ncollector: { powershell: { executable: 'C:\\nowhere\\powershell.exe' } }\n`;
    writeFileSync(configPath, config);
    const stateDir = join(data, 'state');
    const service = await WineService.create(wine, {
      name: 'package-life',
      node: join(program, 'node.exe'),
      host: join(program, 'service-host.mjs'),
      agent: join(program, 'checkpoint-agent.mjs'),
      logDir: join(data, 'logs'),
      runArguments: ['--config', windowsPath(configPath), '--state-dir', windowsPath(stateDir)],
    });

    await service.start();
    await service.reaches('RUNNING');
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_scan_success{hyperv_host="');
    const check = await command('check', '--url', url);
    expect(check).toMatchObject({ code: 3, out: expect.stringMatching(/^CHECKPOINTS UNKNOWN - /) });

    // A crash: the service manager is told a failure, on which its recovery actions act.
    for (const pid of service.agentProcesses()) process.kill(pid, 'SIGKILL');
    expect(await service.reaches('STOPPED')).toMatchObject({ exitCode: 1066 });
    await service.start();
    await service.reaches('RUNNING');
    expect((await get(`${url}/-/healthy`)).status).toBe(200);

    // An update: stopped, replaced, started; configuration and database stay.
    await service.stop();
    expect(await service.reaches('STOPPED')).toMatchObject({ exitCode: 0 });
    await until('nothing of it runs', () => service.processes().length === 0);
    writeFileSync(join(program, 'VERSION'), '0.1.1\n');
    await service.start();
    await service.reaches('RUNNING');
    expect((await get(`${url}/-/healthy`)).status).toBe(200);
    expect(readFileSync(configPath, 'utf8')).toBe(config);

    await service.stop();
    await service.reaches('STOPPED');
    await until('nothing of it is left running', () => service.processes().length === 0);
  });
});
