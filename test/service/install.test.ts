import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, makeMachine, PWSH } from './machine.ts';
import { DATA, installed, left, NAME, PROGRAM, show } from './setup-runs.ts';

describe.skipIf(PWSH === null)('install.ps1', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = makeMachine();
  });
  afterEach(() => machine.dispose());

  const run = async (version: string, ...args: readonly string[]): Promise<string> => {
    const folder = machine.unpack(version);
    return show(
      `.\\install.ps1 ${args.join(' ')}`.trimEnd(),
      await machine.run(`${folder}\\install.ps1`, ...args),
    );
  };
  const golden = (name: string): string => `golden/install-${name}.txt`;

  it('installs on a fresh machine, and changes nothing the second time', async () => {
    const first = await run('0.2.0');
    const text = `${first}\n${left(machine)}`;
    const second = await run('0.2.0');
    await expect(`${text}\n${second}`).toMatchFileSnapshot(golden('fresh'));
  });

  it('says with -WhatIf all of it, and changes nothing', async () => {
    const told = await run('0.2.0', '-WhatIf', '-Firewall');
    await expect(told).toMatchFileSnapshot(golden('what-if'));
    expect(machine.tree('C:\\Program Files')).toEqual([]);
    expect(machine.tree('C:\\ProgramData')).toEqual([]);
  });

  it('asks once with -Confirm, and does then all of it or nothing', async () => {
    const folder = machine.unpack('0.2.0');
    const no = await machine.runAsked('N\n', `${folder}\\install.ps1`, '-Confirm');
    expect(no).toMatchObject({ code: 2, changes: [], out: expect.stringContaining('somebody said no') });
    const yes = await machine.runAsked('Y\n', `${folder}\\install.ps1`, '-Confirm');
    expect(yes.code).toBe(0);
    expect(yes.out.match(/Are you sure/g)).toHaveLength(1);
    const gone = await machine.runAsked('Y\n', `${PROGRAM}\\uninstall.ps1`, '-Confirm', '-Purge');
    expect(gone.code).toBe(0);
    expect(gone.out.match(/Are you sure/g)).toHaveLength(1);
    expect(machine.tree('C:\\ProgramData')).toEqual([]);
  });

  it('updates: keeps the configuration, copies the database, swaps the program', async () => {
    await installed(machine, '0.1.0', '-ListenPort', '9800');
    machine.write(`${DATA}\\agent.yml`, 'web: { listen: 10.1.2.3:9900 }\n');
    const whatIf = await run('0.2.0', '-WhatIf');
    const text = `${whatIf}\n${await run('0.2.0', '-ListenPort', '9700')}\n${left(machine)}`;
    await expect(text).toMatchFileSnapshot(golden('update'));
    expect(machine.read(`${DATA}\\agent.yml`)).toBe('web: { listen: 10.1.2.3:9900 }\n');
    expect(machine.state.asked).toBe('http://10.1.2.3:9900/');
  });

  it('runs as LocalSystem when asked to, and goes back to the virtual account', async () => {
    const first = await run('0.2.0', '-ServiceAccount', 'LocalSystem');
    const second = await run('0.2.0', '-ServiceAccount', 'Virtual');
    await expect(`${first}\n${second}`).toMatchFileSnapshot(golden('local-system'));
  });

  it('runs as a group managed service account, which an update keeps', async () => {
    const first = await run('0.1.0', '-ServiceAccount', 'CONTOSO\\hv-mon$');
    const second = await run('0.2.0');
    await expect(`${first}\n${second}\n${left(machine)}`).toMatchFileSnapshot(golden('gmsa'));
  });

  it('opens the firewall when asked to, and knows its own rule again', async () => {
    const args = ['-ListenAddress', '0.0.0.0', '-Firewall', '-RemoteAddress', '10.1.2.3,10.2.0.0/16'];
    const [first, second] = [
      await run('0.2.0', ...args),
      await run('0.2.0', '-Firewall', '-RemoteAddress', '10.2.0.0/16,10.1.2.3'),
    ];
    const third = await run('0.2.0', '-Firewall', '-RemoteAddress', '10.9.9.9');
    await expect(`${first}\n${second}\n${third}`).toMatchFileSnapshot(golden('firewall'));
  });

  it('takes folders with blanks and letters of all kinds', async () => {
    const args = ['-InstallDir', "D:\\Überwachung\\it's 中文", '-DataDir', 'C:\\ProgramData\\Prüf stände'];
    machine.state.drives.D = machine.state.drives.C;
    const text = await run('0.2.0', ...args);
    await expect(`${text}\n${await run('0.2.0')}`).toMatchFileSnapshot(golden('folders'));
  });

  it('begins with the configuration that is given, and uses none twice', async () => {
    machine.write('C:\\Users\\Admin\\mine.yml', 'web: { listen: 127.0.0.1:9800 }\n');
    const first = await run('0.2.0', '-ConfigFile', 'C:\\Users\\Admin\\mine.yml', '-NoStart', '-NoPath');
    machine.write(`${DATA}\\agent.yml`, 'web: { listen: 127.0.0.1:9801 }\n');
    const second = await run('0.2.0', '-ConfigFile', 'C:\\Users\\Admin\\mine.yml', '-NoPath');
    await expect(`${first}\n${second}`).toMatchFileSnapshot(golden('config-file'));
    expect(machine.read(`${DATA}\\agent.yml`)).toBe('web: { listen: 127.0.0.1:9801 }\n');
  });

  it('writes the address that is given into a new configuration', async () => {
    await installed(machine, '0.2.0', '-ListenAddress', '::1', '-ListenPort', '9800');
    expect(machine.read(`${DATA}\\agent.yml`)).toContain("\nweb: { listen: '[::1]:9800' }\n");
    expect(machine.state.asked).toBe('http://[::1]:9800/');
  });

  it('takes the changes back when the disk is full in the middle of an update', async () => {
    await installed(machine, '0.1.0');
    machine.state.faults = { 'disk full after': 7 };
    await expect(`${await run('0.2.0')}\n${left(machine)}`).toMatchFileSnapshot(golden('disk-full'));
  });

  it('takes the changes back when a new version does not get ready, program and database', async () => {
    await installed(machine, '0.1.0');
    machine.state.faults = { 'broken versions': ['0.2.0'] };
    await expect(`${await run('0.2.0')}\n${left(machine)}`).toMatchFileSnapshot(golden('not-ready'));
    expect(machine.read(`${DATA}\\state\\agent.db`)).toBe('as version 0.1.0 left it\n');
  });

  it.each([
    ['before the database is copied', 19],
    ['while the database is copied', 20],
    ['after the database was copied', 21],
  ])('leaves the version before its database when the disk becomes full %s', async (_when, copies) => {
    await installed(machine, '0.1.0');
    machine.write(`${DATA}\\state\\agent.db`, 'as version 0.1.0 left it\nmonths of alerts\n');
    machine.write(`${DATA}\\state\\agent.db-wal`, 'not yet in it\n');
    machine.state.faults = { 'disk full after': copies, 'broken versions': ['0.2.0'] };
    const text = await run('0.2.0');
    expect(text).toContain('exit code 1');
    expect(text).not.toContain('  left  ');
    expect(machine.read(`${DATA}\\state\\agent.db`)).toContain('months of alerts');
    expect(machine.tree(`${DATA}\\state`).map((line) => line.split(':')[0])).toEqual([
      'agent.db',
      'agent.db-wal',
    ]);
    expect(left(machine)).toContain('service Running');
  });

  it('keeps the copy of the database when it does not get back into its place, and begins no new one', async () => {
    await installed(machine, '0.1.0');
    const saved = `${DATA}\\state\\before-0.2.0\\agent.db`;
    machine.state.faults = { 'broken versions': ['0.2.0'], 'in use': saved };
    const text = await run('0.2.0');
    expect(text).toContain(`  left       database as it was: ${saved} does not get to ${DATA}\\state: `);
    expect(text).toContain(`  left       service ${NAME} runs again, version 0.1.0: `);
    expect(machine.tree(`${DATA}\\state`)).toEqual([
      'agent.db: as version 0.2.0 left it',
      'before-0.2.0\\agent.db: as version 0.1.0 left it',
    ]);
  });

  it('keeps the copy of the database that the last update made, and no older one', async () => {
    await installed(machine, '0.1.0');
    machine.write(`${DATA}\\state\\before-0.1.0\\agent.db`, 'as version 0.0.9 left it\n');
    machine.write(`${DATA}\\state\\before-0.1.0-rc.1\\agent.db`, 'as version 0.0.8 left it\n');
    const text = await run('0.2.0');
    expect(text).toContain(`  removed    ${DATA}\\state\\before-0.1.0, an older copy of the database`);
    expect(machine.tree(`${DATA}\\state`)).toEqual([
      'agent.db: as version 0.2.0 left it',
      'before-0.2.0\\agent.db: as version 0.1.0 left it',
    ]);
  });

  it('stops a service that is on its way up as soon as it is up', async () => {
    await installed(machine, '0.1.0');
    machine.state.services[NAME] = 'StartPending';
    machine.state.faults = { 'up after seconds': 30 };
    const text = await run('0.2.0');
    expect(text).toContain(`stopped    service ${NAME}`);
    expect(text).toContain('exit code 0');
  });

  it('takes a first installation back that does not get ready, and keeps the logs that say why', async () => {
    machine.state.faults = { 'broken versions': ['0.2.0'] };
    await expect(`${await run('0.2.0')}\n${left(machine)}`).toMatchFileSnapshot(golden('fresh-not-ready'));
  });

  it('takes the changes back when files are in use', async () => {
    await installed(machine, '0.1.0');
    machine.state.faults = { 'in use': PROGRAM };
    await expect(`${await run('0.2.0')}\n${left(machine)}`).toMatchFileSnapshot(golden('in-use'));
  });

  it('says what could not be taken back', async () => {
    await installed(machine, '0.1.0');
    machine.state.faults = { 'broken versions': ['0.1.0', '0.2.0'] };
    await expect(await run('0.2.0')).toMatchFileSnapshot(golden('not-taken-back'));
  });

  it('notices a file that was damaged on its way', async () => {
    machine.state.faults = { damages: 'node.exe' };
    expect(await run('0.2.0')).toContain('the copy went wrong: node.exe is another file than listed');
    expect(machine.tree('C:\\Program Files')).toEqual([]);
  });

  it('goes on where the group does not exist yet, and says what is left to do', async () => {
    delete machine.state.groups['S-1-5-32-578'];
    const text = await run('0.2.0');
    expect(text).toContain('exit code 3');
    expect(text).toContain('unfinished there is no group Hyper-V Administrators (S-1-5-32-578) here');
  });

  it('goes on where groups cannot be read, and says who is to be made a member of which', async () => {
    machine.state.faults = { 'groups cannot be read': 'This is a domain controller.' };
    const text = await run('0.2.0');
    expect(text).toContain('This is a domain controller. Add S-1-5-80-2583487384');
    expect(text).toContain('to Hyper-V Administrators (S-1-5-32-578) yourself');
    expect(text).toContain('exit code 3');
    const ran = await machine.run(`${PROGRAM}\\uninstall.ps1`);
    expect(ran).toMatchObject({ code: 3, out: expect.stringContaining('(S-1-5-32-578) yourself') });
  });

  it.each([
    ['sc create', 1072, 'the service is marked for deletion'],
    ['sc start', 1069, 'it needs the right "Log on as a service"'],
    ['sc sidtype', 87, 'sc.exe sidtype hyperv-checkpoint-agent: code 87'],
  ])(
    'takes the changes back when "%s" ends with %i, and says what that means',
    async (command, code, meaning) => {
      const before = left(machine);
      machine.state.faults = { [command]: code };
      const text = await run('0.2.0', '-ServiceAccount', 'CONTOSO\\hv-mon$');
      expect(text).toContain(meaning);
      expect(text).toContain('exit code 1');
      expect(left(machine)).toBe(before);
    },
  );

  it('adds an account to its groups also where the members cannot be listed', async () => {
    machine.state.faults = { 'members cannot be listed': true };
    await installed(machine, '0.2.0');
    const before = structuredClone(machine.state.groups);
    const again = await run('0.2.0');
    expect(again).toContain(`unchanged  NT SERVICE\\${NAME} in Hyper-V-Administratoren`);
    expect(again).toContain('no change');
    expect(machine.state.groups).toEqual(before);
    expect(before['S-1-5-32-578']?.members).toHaveLength(1);
  });

  it('keeps what somebody has set: a disabled service, a recovery of their own', async () => {
    await installed(machine, '0.1.0');
    Object.assign(machine.state.registry[`SYSTEM\\CurrentControlSet\\Services\\${NAME}`] ?? {}, {
      Start: 4,
      FailureActions: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 20, 0, 0, 0],
    });
    machine.state.services[NAME] = 'Stopped';
    await expect(await run('0.2.0')).toMatchFileSnapshot(golden('kept'));
  });

  it('sets a service right from where it is installed', async () => {
    await installed(machine, '0.2.0');
    const ran = await machine.run(`${PROGRAM}\\install.ps1`, '-ServiceAccount', 'LocalSystem');
    await expect(show('.\\install.ps1 -ServiceAccount LocalSystem', ran)).toMatchFileSnapshot(
      golden('in-place'),
    );
  });

  it('installs a second service in folders of its own, beside the first', async () => {
    await installed(machine, '0.2.0');
    const folders = ['-InstallDir', 'C:\\Tools\\agent', '-DataDir', 'C:\\Tools\\data'];
    const text = await run('0.2.0', '-ServiceName', 'second', ...folders, '-ListenPort', '9800');
    expect(text).toContain('exit code 0');
    expect(await run('0.2.0')).toContain('no change');
  });

  it('keeps the way back when the same version is installed again over the data', async () => {
    await installed(machine, '0.1.0');
    await installed(machine, '0.2.0');
    expect((await machine.run(`${PROGRAM}\\uninstall.ps1`)).code).toBe(0);
    await installed(machine, '0.2.0');
    expect(machine.tree(`${DATA}\\state`)).toContain('before-0.2.0\\agent.db: as version 0.1.0 left it');
  });

  it('keeps all ways back while the new version has not shown that it works', async () => {
    await installed(machine, '0.1.0');
    machine.write(`${DATA}\\state\\before-0.1.0\\agent.db`, 'as version 0.0.9 left it\n');
    const text = await run('0.2.0', '-NoStart');
    expect(text).toContain('exit code 0');
    expect(machine.tree(`${DATA}\\state`)).toContain('before-0.1.0\\agent.db: as version 0.0.9 left it');
  });

  it('removes what an interrupted run has left', async () => {
    await installed(machine, '0.1.0');
    machine.write(`${PROGRAM}.new\\node.exe`, 'half');
    machine.write(`${PROGRAM}.old\\node.exe`, 'old');
    const text = await run('0.2.0');
    expect(text).toContain(`removed    ${PROGRAM}.new, left by an earlier run`);
    expect(text).toContain(`removed    ${PROGRAM}.old, left by an earlier run`);
    expect(text).toContain('exit code 0');
  });
});
