import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeMsi } from '../../tools/package/msi.ts';
import { get } from '../acceptance/agent-process.ts';
import { freePort } from '../notifier/smtp-server.ts';
import { isMissing } from '../peers.ts';
import { until } from '../until.ts';
import { alertsIn } from './alerts.ts';
import { driveC } from './prefix.ts';
import { WineService } from './service.ts';
import { writeOwnConfig } from './stand-in-host.ts';
import { tracesOn, usualPlaces, usualService } from './windows-machine.ts';
import { placeWindowsPowerShell, windowsPowerShellFolder } from './windows-powershell.ts';
import { bootWine, type Wine } from './wine.ts';
import { asVersion, packageForWine, type WinePackage } from './wine-package.ts';

const POWERSHELL = windowsPowerShellFolder();
const hasNoTools = isMissing('wixl') || isMissing('msiinfo');
const isAbsent = isMissing('wine64') || isMissing('script') || hasNoTools || POWERSHELL === null;
const AT = new Date(Date.UTC(2026, 10, 24, 12, 30));
const NEXT = '99.0.0';

describe.skipIf(isAbsent)('the MSI, on a Windows with PowerShell', { timeout: 600_000 }, () => {
  let wine: Wine;
  let made: WinePackage;

  beforeAll(async () => {
    wine = await bootWine();
    placeWindowsPowerShell(POWERSHELL ?? '');
    made = await packageForWine();
    for (const { version, files } of [made, asVersion(made, NEXT)]) {
      writeFileSync(join(wine.home, msiOf(version)), makeMsi({ version, files, at: AT }));
    }
  }, 600_000);
  afterAll(() => wine?.end(), 60_000);

  /** As docs/install.md has it. */
  const msiexec = async (what: '/i' | '/x', version: string, ...properties: readonly string[]) => {
    const words = ['msiexec', what, msiOf(version), '/qn /norestart', ...properties];
    const { code } = await wine.type(wine.home, words.join(' '));
    return {
      code,
      log: readFileSync(join(driveC(), 'windows/logs/hyperv-checkpoint-agent-setup.log'), 'utf8'),
    };
  };

  it('lives: installed by install.ps1, scraped, updated, and removed with all but its data', async () => {
    const { config, state } = usualPlaces();
    const service = new WineService(wine, usualService());
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const version = async () => JSON.parse((await get(`${url}/api/v1/status`)).text).version;
    const before = await tracesOn(wine);

    const ours = await writeOwnConfig(wine.home, port);
    const installed = await msiexec('/i', made.version, `CONFIG_FILE="${ours}"`);
    expect(installed, installed.log).toMatchObject({ code: 0 });
    expect(await service.query()).toMatchObject({ state: 'RUNNING' });
    expect(await get(`${url}/-/healthy`)).toMatchObject({ status: 200 });
    expect(await version()).toBe(made.version);
    await until('alerts', () => Object.keys(alertsIn(state)).length > 0, 150_000);
    const alerts = alertsIn(state);

    appendFileSync(config, '# half an hour is enough for us\nschedule: { every: 30m }\n');
    const edited = readFileSync(config, 'utf8');
    const updated = await msiexec('/i', NEXT);
    expect(updated, updated.log).toMatchObject({ code: 0 });
    expect(await service.query()).toMatchObject({ state: 'RUNNING' });
    expect(await version()).toBe(NEXT);
    expect(readFileSync(config, 'utf8')).toBe(edited);
    expect(alertsIn(state)).toEqual(alerts);

    const removed = await msiexec('/x', NEXT);
    expect(removed, removed.log).toMatchObject({ code: 0 });
    expect(await tracesOn(wine)).toEqual({ ...before, folders: ['ProgramData/hyperv-checkpoint-agent'] });
    expect(readFileSync(config, 'utf8')).toBe(edited);
    expect(alertsIn(state)).toEqual(alerts);
  });
});

const msiOf = (version: string): string => `checkpoint-agent-${version}-win-x64.msi`;
