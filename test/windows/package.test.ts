import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, untilShown } from '../acceptance/agent-process.ts';
import { freePort } from '../notifier/smtp-server.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { windowsPath } from './prefix.ts';
import { installForTest } from './test-service.ts';
import { bootWine, type Wine } from './wine.ts';
import { packageForWine, unpack } from './wine-package.ts';

const RECORDING = join(import.meta.dirname, '../fixtures/recordings/small-office.json');

/** Where nothing can be read: Wine has no PowerShell. With one there is more: life.test.ts, msi-life.test.ts. */
const NO_SHELL = 'C:\\nowhere\\powershell.exe';

describe.skipIf(isMissing('wine64'))(
  'the package on a Windows without PowerShell',
  { timeout: 120_000 },
  () => {
    let wine: Wine;
    let program = '';

    beforeAll(async () => {
      wine = await bootWine();
      program = join(wine.home, 'Program Files', 'hyperv checkpoint agent');
      unpack(await packageForWine(), program);
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
      expect(await command('version')).toMatchObject({
        code: 0,
        out: expect.stringContaining('Node.js 24.'),
      });
      const copy = join(wine.home, 'a report (of all).json');
      writeFileSync(copy, readFileSync(RECORDING));
      const scanned = await command('scan', '--from-file', windowsPath(copy), '--fail-on', 'critical');
      expect(scanned.code).toBe(4);
      expect(scanned.out).toContain('before quota change');
      const nobody = await command('check', '--url', `http://127.0.0.1:${await freePort()}`);
      expect(nobody).toMatchObject({ code: 3, out: expect.stringMatching(/^CHECKPOINTS UNKNOWN - /) });
      expect((await command('preflight', '--vm', 'WEB01', '--from-file', windowsPath(copy))).code).toBe(0);
    });

    it('runs as a service: is scraped, fails when it is killed, is started again, and stops', async () => {
      const data = join(wine.home, 'ProgramData', 'Prüfpunkte');
      const port = await freePort();
      const url = `http://127.0.0.1:${port}`;
      const config = join(data, 'agent.yml');
      const web = { listen: `127.0.0.1:${port}` };
      mkdirSync(data, { recursive: true });
      writeFileSync(config, JSON.stringify({ web, collector: { powershell: { executable: NO_SHELL } } }));
      const service = await installForTest(wine, {
        name: 'package-test',
        node: join(program, 'node.exe'),
        host: join(program, 'service-host.mjs'),
        agent: join(program, 'checkpoint-agent.mjs'),
        logDir: join(data, 'logs'),
        runArguments: ['--config', windowsPath(config), '--state-dir', windowsPath(join(data, 'state'))],
      });

      await service.start();
      await service.reaches('RUNNING');
      await untilShown(`${url}/metrics`, 'hyperv_checkpoint_scan_success{hyperv_host="');
      const check = await command('check', '--url', url);
      expect(check).toMatchObject({ code: 3, out: expect.stringMatching(/^CHECKPOINTS UNKNOWN - /) });

      for (const pid of service.agentProcesses()) process.kill(pid, 'SIGKILL');
      // Killed in Wine it ends with 0, which is a failure when nobody has asked for it.
      expect(await service.reaches('STOPPED')).toMatchObject({ exitCode: 1066, specificExitCode: 20001 });
      await service.start();
      await service.reaches('RUNNING');
      expect((await get(`${url}/-/healthy`)).status).toBe(200);

      await service.stop();
      expect(await service.reaches('STOPPED')).toMatchObject({ exitCode: 0 });
      await until('nothing of it runs', () => service.processes().length === 0);
    });
  },
);
