import { symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Machine, makeMachine, PWSH } from './machine.ts';
import { DATA, installed, left, NAME, PROGRAM, show } from './setup-runs.ts';

describe.skipIf(PWSH === null)('uninstall.ps1', () => {
  let machine: Machine;
  beforeEach(() => {
    machine = makeMachine();
  });
  afterEach(() => machine.dispose());

  const run = async (...args: readonly string[]): Promise<string> => {
    const folder = machine.exists(PROGRAM) ? PROGRAM : machine.unpack('0.2.0');
    return show(
      `.\\uninstall.ps1 ${args.join(' ')}`.trimEnd(),
      await machine.run(`${folder}\\uninstall.ps1`, ...args),
    );
  };
  const golden = (name: string): string => `golden/uninstall-${name}.txt`;

  it('removes everything but the data, and finds nothing the second time', async () => {
    await installed(machine, '0.2.0', '-Firewall');
    const [whatIf, first] = [await run('-WhatIf'), await run()];
    const text = `${whatIf}\n${first}\n${left(machine)}`;
    await expect(`${text}\n${await run()}`).toMatchFileSnapshot(golden('kept-data'));
  });

  it('removes the data as well when asked to, and leaves what is behind a link', async () => {
    await installed(machine, '0.2.0', '-ServiceAccount', 'CONTOSO\\hv-mon$');
    machine.write('C:\\Precious\\file.txt', 'x');
    symlinkSync(join(machine.drive, 'Precious'), join(machine.drive, 'ProgramData', NAME, 'state', 'link'));
    const text = `${await run('-Purge')}\n${left(machine)}`;
    await expect(text).toMatchFileSnapshot(golden('purge'));
    expect(machine.exists('C:\\Precious\\file.txt')).toBe(true);
  });

  it('leaves a program whole of which a file is in use, and says so', async () => {
    await installed(machine, '0.2.0');
    machine.state.faults = { 'in use': PROGRAM };
    await expect(`${await run()}\n${left(machine)}`).toMatchFileSnapshot(golden('in-use'));
  });

  it('removes the program later when the command that started it runs from there', async () => {
    await installed(machine, '0.2.0');
    machine.state.faults = { 'runs from the program': 4711 };
    const text = await run('-AfterProcess', '4711');
    await expect(`${text}\n${left(machine)}`).toMatchFileSnapshot(golden('from-the-program'));
  });

  it('removes the program at once when the command that started it runs from elsewhere', async () => {
    await installed(machine, '0.2.0');
    const text = await run('-AfterProcess', '4711');
    expect(text).toContain('exit code 0');
    expect(machine.tree('C:\\Program Files')).toEqual([]);
  });

  it('removes what interrupted runs have left, with the program and without it', async () => {
    const leaveHalves = () => {
      for (const end of ['new', 'old', 'removed'])
        machine.write(`${PROGRAM}.${end}\\docs\\install.md`, 'half');
    };
    await installed(machine, '0.2.0');
    leaveHalves();
    expect(await run()).toContain('exit code 0');
    expect(machine.tree('C:\\Program Files')).toEqual([]);
    leaveHalves();
    expect(await run()).toContain(`  removed    ${PROGRAM}.removed, left by an earlier run`);
    expect(machine.tree('C:\\Program Files')).toEqual([]);
  });

  it('says what an interrupted run has left and what is still in use', async () => {
    await installed(machine, '0.2.0');
    machine.write(`${PROGRAM}.old\\node.exe`, 'old');
    machine.state.faults = { 'in use': `${PROGRAM}.old` };
    const text = await run();
    expect(text).toContain(`  unfinished ${PROGRAM}.old, left by an earlier run: `);
    expect(text).toContain('exit code 3');
    expect(machine.exists(PROGRAM)).toBe(false);
  });

  it('removes neither program nor data of another service', async () => {
    await installed(machine, '0.2.0');
    for (const args of [[], ['-KeepProgram', '-Purge']]) {
      const ran = await machine.run(`${PROGRAM}\\uninstall.ps1`, '-ServiceName', 'secnd', ...args);
      expect(ran).toMatchObject({
        code: 2,
        changes: [],
        out: expect.stringContaining(`the service ${NAME} uses`),
      });
    }
  });

  it('says when the service goes only later', async () => {
    await installed(machine, '0.2.0');
    machine.state.faults = { 'service held open': true };
    const text = await run();
    expect(text).toContain('unfinished service hyperv-checkpoint-agent is marked for deletion');
    expect(text).toContain('exit code 3');
  });

  it('removes nothing when the service does not stop', async () => {
    await installed(machine, '0.2.0');
    machine.state.faults = { 'never stops': true };
    const text = await run('-Purge');
    expect(text).toContain('failed     the service hyperv-checkpoint-agent did not stop within 60 s');
    expect(text).toContain('exit code 1');
    expect(machine.exists(`${PROGRAM}\\node.exe`)).toBe(true);
    expect(machine.exists(`${DATA}\\agent.yml`)).toBe(true);
  });

  it('finds the folders by the service', async () => {
    await installed(machine, '0.2.0', '-InstallDir', 'C:\\Tools\\agent', '-DataDir', 'C:\\Tools\\data');
    const ran = await machine.run('C:\\Tools\\agent\\uninstall.ps1', '-Purge');
    expect(ran.code).toBe(0);
    expect(machine.tree('C:\\Tools')).toEqual([]);
  });

  it.each(['old', 'new', 'removed'])(
    'leaves what somebody else keeps in a folder of the name .%s',
    async (end) => {
      machine.write(`C:\\Tools\\backup.${end}\\letters.txt`, 'x');
      const folder = machine.unpack('0.2.0');
      const ran = await machine.run(`${folder}\\uninstall.ps1`, '-InstallDir', 'C:\\Tools\\backup');
      expect(ran).toMatchObject({ code: 3, changes: [] });
      expect(ran.out).toContain(
        `unfinished C:\\Tools\\backup.${end} is in the way and does not look like this agent`,
      );
      expect(machine.exists(`C:\\Tools\\backup.${end}\\letters.txt`)).toBe(true);
    },
  );

  it('leaves another service that stands in a folder of such a name', async () => {
    const second = ['-InstallDir', 'C:\\Tools\\agent.old', '-DataDir', 'C:\\Tools\\data'];
    await installed(machine, '0.2.0', '-ServiceName', 'second', ...second);
    const folder = machine.unpack('0.2.0');
    for (const script of ['install', 'uninstall']) {
      const ran = await machine.run(`${folder}\\${script}.ps1`, '-InstallDir', 'C:\\Tools\\agent');
      expect(ran).toMatchObject({
        code: 2,
        changes: [],
        out: expect.stringContaining('the service second uses'),
      });
    }
  });

  it('does not remove a folder that is not its own', async () => {
    machine.write(`${PROGRAM}\\other.txt`, 'x');
    machine.write(`${DATA}\\other.txt`, 'x');
    const ran = await machine.run(`${machine.unpack('0.2.0')}\\uninstall.ps1`, '-Purge');
    expect(ran).toMatchObject({ code: 3, changes: [] });
    expect(machine.exists(`${PROGRAM}\\other.txt`)).toBe(true);
  });

  it.each([
    ['without rights', { isAdministrator: false }, [], 'run this as an administrator'],
    ['an option that there is not', {}, ['-Purgee'], 'unknown option: -Purgee'],
    ['a folder of Windows', {}, ['-DataDir', 'C:\\ProgramData'], 'Windows itself needs C:\\ProgramData'],
  ])('refuses %s, and changes nothing', async (_what, facts, args, because) => {
    Object.assign(machine.state.facts, facts);
    const ran = await machine.run(`${machine.unpack('0.2.0')}\\uninstall.ps1`, ...args);
    expect(ran).toMatchObject({ code: 2, changes: [], out: expect.stringContaining(because) });
    expect(ran.out).toContain('Nothing was changed.');
  });
});
