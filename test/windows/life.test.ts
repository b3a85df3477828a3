import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { get, untilShown } from '../acceptance/agent-process.ts';
import { freePort } from '../notifier/smtp-server.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { alertsIn } from './alerts.ts';
import { driveC, windowsPath } from './prefix.ts';
import { WineService } from './service.ts';
import { writeOwnConfig } from './stand-in-host.ts';
import { tracesOn, usualPlaces, usualService } from './windows-machine.ts';
import { placeWindowsPowerShell, windowsPowerShellFolder } from './windows-powershell.ts';
import { bootWine, type Wine } from './wine.ts';
import { asVersion, packageForWine, SPOILT, spoiling, unpack, type WinePackage } from './wine-package.ts';

const POWERSHELL = windowsPowerShellFolder();
const isAbsent = isMissing('wine64') || isMissing('script') || POWERSHELL === null;
const [NEXT, BROKEN] = ['99.0.0', '99.1.0'];
/** As README.md and docs/install.md have it. */
const SCRIPT = 'powershell.exe -NoProfile -ExecutionPolicy Bypass -File';
/** How long install.ps1 waits for a new version. */
const READY_LIMIT_SECONDS = 60;

describe.skipIf(isAbsent)('the archive, on a Windows with PowerShell', { timeout: 600_000 }, () => {
  let wine: Wine;
  let made: WinePackage;

  beforeAll(async () => {
    wine = await bootWine();
    placeWindowsPowerShell(POWERSHELL ?? '');
    made = await packageForWine();
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  const install = (archive: WinePackage, ...options: readonly string[]) => {
    const folder = join(wine.home, `Downloads of ${archive.version}`);
    unpack(archive, folder);
    return wine.type(folder, [SCRIPT, '.\\install.ps1', ...options].join(' '));
  };

  /**
   * The commands of docs/install.md, as a script. Its last line starts no PowerShell of its own: under Wine a PowerShell
   * finds no program by its name.
   * @returns what to type
   */
  const goBack = (olderArchive: string): string => {
    const commands = GO_BACK.replace('before-0.3.0', `before-${NEXT}`)
      .replace('<folder of the older archive>', `'${windowsPath(join(wine.home, olderArchive))}'`)
      .replace(`${SCRIPT} `, '');
    writeFileSync(join(wine.home, 'back.ps1'), commands);
    return `${SCRIPT} .\\back.ps1`;
  };

  it('lives: looked at first, installed, scraped, configured, killed, started again, updated, taken back, updated in vain, and gone without a trace', async () => {
    const { program, config, state } = usualPlaces();
    const service = new WineService(wine, usualService());
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const version = async () => JSON.parse((await get(`${url}/api/v1/status`)).text).version;
    const before = await tracesOn(wine);
    expect(before).toMatchObject({ hasService: false, hasEventSource: false, folders: [], processes: [] });

    const tried = await install(made, '-WhatIf');
    expect(tried, tried.out).toMatchObject({ code: 0, out: expect.stringContaining('Nothing was changed') });
    expect(await tracesOn(wine)).toEqual(before);

    const installed = await install(made, '-ConfigFile', `"${await writeOwnConfig(wine.home, port)}"`);
    expect(installed, installed.out).toMatchObject({ code: 0, out: expect.stringContaining('is installed') });
    expect(await service.query()).toMatchObject({ state: 'RUNNING' });
    expect(await get(`${url}/-/healthy`)).toMatchObject({ status: 200 });
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_scan_success{');
    expect(await version()).toBe(made.version);
    expect(await tracesOn(wine)).toMatchObject({
      hasService: true,
      hasEventSource: true,
      path: `${before.path};${windowsPath(program)}\\bin`,
    });
    await until('alerts', () => Object.keys(alertsIn(state)).length > 0);
    const alerts = alertsIn(state);
    // In a new window, by the PATH.
    expect(await wine.type(wine.home, `checkpoint-agent check --url ${url}`)).toMatchObject({
      code: 2,
      out: expect.stringMatching(/^CHECKPOINTS CRITICAL - /),
    });

    appendFileSync(config, '# half an hour is enough for us\nschedule: { every: 30m }\n');
    const edited = readFileSync(config, 'utf8');
    await untilShown(`${url}/metrics`, '\nhyperv_checkpoint_scan_interval_seconds 1800\n');

    for (const pid of service.agentProcesses()) process.kill(pid, 'SIGKILL');
    // Killed in Wine it ends with 0, which is a failure when nobody has asked for it.
    expect(await service.reaches('STOPPED')).toMatchObject({ exitCode: 1066, specificExitCode: 20001 });
    await service.start();
    await service.reaches('RUNNING');
    expect(await get(`${url}/-/healthy`)).toMatchObject({ status: 200 });

    const updated = await install(asVersion(made, NEXT));
    expect(updated, updated.out).toMatchObject({ code: 0 });
    expect(await service.query()).toMatchObject({ state: 'RUNNING' });
    expect(await version()).toBe(NEXT);
    expect(readFileSync(config, 'utf8')).toBe(edited);
    expect(alertsIn(state)).toEqual(alerts);

    // As a newer version may leave it: nothing that the older one can read, its write-ahead log among it.
    await service.stop();
    await service.reaches('STOPPED');
    for (const name of ['agent.db', 'agent.db-wal']) writeFileSync(join(state, name), SPOILT);
    const back = await wine.type(wine.home, goBack(`Downloads of ${made.version}`));
    expect(back.out, back.err).toContain(`version ${made.version} instead of ${NEXT}`);
    expect(await service.query()).toMatchObject({ state: 'RUNNING' });
    expect(await version()).toBe(made.version);
    expect(readFileSync(config, 'utf8')).toBe(edited);
    expect(alertsIn(state)).toEqual(alerts);

    const skipped = join(driveC(), 'skipped-seconds');
    const [failed] = await Promise.all([
      install(spoiling(asVersion(made, BROKEN))),
      (async () => {
        await until('the broken version has run', () => isSpoilt(state), 300_000);
        await service.reaches('STOPPED');
        writeFileSync(skipped, String(READY_LIMIT_SECONDS));
      })(),
    ]);
    rmSync(skipped);
    expect(failed, failed.out).toMatchObject({ code: 1, out: expect.stringContaining('changed back') });
    expect(await service.query()).toMatchObject({ state: 'RUNNING' });
    expect(await version()).toBe(made.version);
    expect(existsSync(join(program, 'whole-agent.mjs'))).toBe(false);
    expect(readFileSync(config, 'utf8')).toBe(edited);
    expect(alertsIn(state)).toEqual(alerts);

    const removed = await wine.type(wine.home, `${SCRIPT} "${windowsPath(program)}\\uninstall.ps1" -Purge`);
    expect(removed, removed.out).toMatchObject({ code: 0 });
    expect(await tracesOn(wine)).toEqual(before);
  });
});

const DOCS = readFileSync(join(import.meta.dirname, '../../docs/install.md'), 'utf8');
const [, GO_BACK = ''] = /### Back to the version before\n.*?```powershell\n(.*?)```/s.exec(DOCS) ?? [];

const isSpoilt = (state: string): boolean => readFileSync(join(state, 'agent.db'), 'latin1') === SPOILT;
