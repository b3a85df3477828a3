import { cpSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, makeMachine, PWSH } from './machine.ts';
import { DATA, left, NAME, PROGRAM } from './setup-runs.ts';

const SCRIPT = join(import.meta.dirname, '..', '..', 'service', 'msi.ps1');

/** As the MSI hands properties over: all of them, empty where nobody gave one. */
const NOTHING_GIVEN = {
  CONFIG_FILE: '',
  LISTEN_ADDR: '',
  LISTEN_PORT: '',
  SERVICE_ACCOUNT: '',
  FIREWALL: '',
  REMOTE_ADDR: '',
  START: '1',
};

describe.skipIf(PWSH === null)('msi.ps1', () => {
  let machine: Machine;
  let log: string;
  beforeEach(() => {
    machine = makeMachine();
    log = join(machine.drive, 'setup.log');
  });
  afterEach(() => machine.dispose());

  /** Puts the files of a version where Windows Installer does. */
  const layDown = (version: string): void => {
    const unpacked = machine.unpack(version).split('\\').slice(1);
    const folder = join(machine.drive, 'Program Files', NAME);
    cpSync(join(machine.drive, ...unpacked), folder, { recursive: true });
    cpSync(SCRIPT, join(folder, 'msi.ps1'));
  };
  const run = (action: string, properties: Readonly<Record<string, string>>) => {
    const words = Object.entries({ ...properties, LOG_FILE: log }).map(([name, value]) => `${name}=${value}`);
    return machine.run(`${PROGRAM}\\msi.ps1`, action, ...words);
  };
  const install = (properties: Readonly<Record<string, string>> = {}) =>
    run('Install', { ...NOTHING_GIVEN, ...properties });
  const logged = (): string =>
    readFileSync(log, 'utf8')
      .replaceAll('\r\n', '\n')
      .replaceAll(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ /gm, '(time) ');

  it('sets up the service in the folder where the files are, and takes it down again but for the data', async () => {
    layDown('0.2.0');
    const properties = { LISTEN_ADDR: '0.0.0.0', FIREWALL: '1', REMOTE_ADDR: '10.1.2.3,10.2.0.0/16' };
    expect(await install(properties)).toMatchObject({ code: 0, out: '' });
    const between = left(machine);
    expect(await run('Uninstall', { PURGE: '' })).toMatchObject({ code: 0, out: '' });
    await expect(`${logged()}\n${between}\n${left(machine)}`).toMatchFileSnapshot('golden/msi.txt');
    expect(machine.exists(`${PROGRAM}\\node.exe`)).toBe(true);
  });

  it('removes the data only when asked to', async () => {
    layDown('0.2.0');
    await install();
    expect((await run('Uninstall', { PURGE: '1' })).code).toBe(0);
    expect(machine.exists(DATA)).toBe(false);
    expect(machine.exists(`${PROGRAM}\\node.exe`)).toBe(true);
  });

  it('leaves the service stopped, under the account that was asked for', async () => {
    layDown('0.2.0');
    expect((await install({ START: '0', SERVICE_ACCOUNT: 'CONTOSO\\hv-mon$' })).code).toBe(0);
    expect(left(machine)).toContain('service Stopped as CONTOSO\\hv-mon$');
  });

  it('keeps account and configuration when a newer version comes without properties', async () => {
    layDown('0.1.0');
    await install({ SERVICE_ACCOUNT: 'LocalSystem', LISTEN_PORT: '9800' });
    machine.state.services[NAME] = 'Stopped';
    layDown('0.2.0');
    expect((await install()).code).toBe(0);
    expect(left(machine)).toContain('service Running as LocalSystem');
    expect(machine.state.asked).toBe('http://127.0.0.1:9800/');
  });

  /** As Windows Installer does: the service is stopped, the files replaced, the script run. */
  const update = async (version: string, properties: Readonly<Record<string, string>> = {}) => {
    machine.state.services[NAME] = 'Stopped';
    layDown(version);
    return install(properties);
  };
  const STATE = `${DATA}\\state`;

  it('copies the database before another version gets it', async () => {
    layDown('0.1.0');
    await install();
    expect((await update('0.2.0')).code).toBe(0);
    expect(machine.tree(STATE)).toEqual([
      'agent.db: as version 0.2.0 left it',
      'before-0.2.0\\agent.db: as version 0.1.0 left it',
    ]);
  });

  it('leaves the database as it was when a new version does not get ready', async () => {
    layDown('0.1.0');
    await install();
    machine.state.faults = { 'broken versions': ['0.2.0'] };
    expect((await update('0.2.0')).code).toBe(1);
    const before = left(machine);
    expect((await run('TakeBack', { SERVICE_BEFORE: '#2' })).code).toBe(0);
    expect(machine.tree(STATE)).toEqual(['agent.db: as version 0.1.0 left it']);
    expect(left(machine)).toBe(before);
  });

  it('takes an update back that Windows Installer could not finish: service stopped, database as it was', async () => {
    layDown('0.1.0');
    await install();
    await update('0.2.0');
    expect((await run('TakeBack', { SERVICE_BEFORE: '#2' })).code).toBe(0);
    expect(machine.tree(STATE)).toEqual(['agent.db: as version 0.1.0 left it']);
    expect(left(machine)).toContain('service Stopped as NT SERVICE');
    expect(logged()).toMatch(
      /TakeBack SERVICE_BEFORE=#2\n {2}stopped {4}service .*\n {2}restored {3}database as it was\n$/,
    );
  });

  it('says when it cannot take an update back', async () => {
    layDown('0.1.0');
    await install();
    await update('0.2.0');
    machine.state.faults = { 'never stops': true };
    await run('TakeBack', { SERVICE_BEFORE: '#2' });
    expect(logged()).toContain(
      `left       database as the new version left it: the service ${NAME} did not stop`,
    );
    expect(machine.tree(STATE)).toContain('before-0.2.0\\agent.db: as version 0.1.0 left it');
  });

  it('leaves a database alone that the new version has not had', async () => {
    layDown('0.2.0');
    await install({ START: '0' });
    machine.write(`${STATE}\\agent.db`, 'as version 0.1.0 left it\n');
    machine.write(`${STATE}\\before-0.2.0\\agent.db`, 'of last year\n');
    expect((await run('TakeBack', { SERVICE_BEFORE: '#2' })).code).toBe(0);
    expect(machine.read(`${STATE}\\agent.db`)).toBe('as version 0.1.0 left it\n');
  });

  it('takes a first installation back that Windows Installer could not finish, but for the data', async () => {
    const before = left(machine).replaceAll(/^ {2}hyperv-checkpoint-agent.*\n/gm, '');
    layDown('0.2.0');
    await install({ LISTEN_ADDR: '0.0.0.0', FIREWALL: '1' });
    expect((await run('TakeBack', { SERVICE_BEFORE: '' })).code).toBe(0);
    expect(left(machine).replaceAll(/^ {2}hyperv-checkpoint-agent.*\n/gm, '')).toBe(before);
    expect(machine.exists(`${DATA}\\agent.yml`)).toBe(true);
  });

  it('repairs: starts the service that was stopped for it, sets right what is not, and changes nothing else', async () => {
    layDown('0.2.0');
    await install({ SERVICE_ACCOUNT: 'LocalSystem', LISTEN_PORT: '9800' });
    machine.state.services[NAME] = 'Stopped';
    machine.state.security[PROGRAM] = 'O:BAG:SYD:AI(A;OICI;FA;;;BU)';
    const given = { SERVICE_ACCOUNT: 'Virtual', FIREWALL: '1', START: '0' };
    expect((await run('Repair', given)).code).toBe(0);
    expect(left(machine)).toContain('service Running as LocalSystem');
    expect(left(machine)).toContain('firewall rules (none)');
    expect(machine.state.asked).toBe('http://127.0.0.1:9800/');
    expect(machine.state.security[PROGRAM]).not.toContain('FA;;;BU');
  });

  it('leaves a service stopped on a repair that somebody has disabled', async () => {
    layDown('0.2.0');
    await install();
    machine.state.services[NAME] = 'Stopped';
    Object.assign(machine.state.registry[`SYSTEM\\CurrentControlSet\\Services\\${NAME}`] ?? {}, { Start: 4 });
    expect((await run('Repair', {})).code).toBe(0);
    expect(left(machine)).toContain('service Stopped');
  });

  it('succeeds where something is left to do, and says it in the log', async () => {
    layDown('0.2.0');
    delete machine.state.groups['S-1-5-32-578'];
    expect((await install()).code).toBe(0);
    expect(logged()).toContain('unfinished there is no group Hyper-V Administrators');
  });

  it('fails with what was refused, and says it in the log', async () => {
    layDown('0.2.0');
    expect((await install({ REMOTE_ADDR: '10.1.2.3' })).code).toBe(2);
    expect((await install({ FIREWALL: 'yes' })).code).toBe(2);
    expect((await run('Mend', {})).code).toBe(2);
    expect(logged()).toContain('refused    -RemoteAddress says who may come in');
    expect(logged()).toContain('refused    FIREWALL=yes: expected 0 or 1');
    expect(logged()).toContain('refused    expected Install, TakeBack, Repair or Uninstall, and not: Mend');
    expect(left(machine)).toContain('no service');
  });

  it('takes a value as a value, whatever is in it', async () => {
    layDown('0.2.0');
    expect((await install({ LISTEN_ADDR: '-WhatIf; $(exit 0)' })).code).toBe(2);
    expect(logged()).toContain('-ListenAddress -WhatIf; $(exit 0): expected an address');
  });
});
