import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { type Machine, makeMachine, PWSH } from './machine.ts';
import { DATA, installed, left, NAME, PROGRAM } from './setup-runs.ts';

interface Refusal {
  readonly what: string;
  readonly args?: readonly string[];
  /** How the machine is. */
  readonly prepare?: (machine: Machine) => unknown;
  /** What of the package is otherwise. */
  readonly files?: Readonly<Record<string, string | null>>;
  readonly because: string;
}

const facts = (over: Record<string, unknown>) => (machine: Machine) =>
  void Object.assign(machine.state.facts, over);
const GIB = 1024 ** 3;

const REFUSALS: readonly Refusal[] = [
  {
    what: 'without the rights of an administrator',
    prepare: facts({ isAdministrator: false }),
    because: 'run this as an administrator',
  },
  {
    what: 'in a 32-bit PowerShell',
    prepare: facts({ is64Bit: false }),
    because: 'this is a 32-bit PowerShell',
  },
  {
    what: 'on an older Windows',
    prepare: facts({ build: 9600 }),
    because: 'this is Windows build 9600: Windows Server 2016',
  },
  { what: 'an option that there is not', args: ['-WhatIff'], because: 'unknown option: -WhatIff' },
  {
    what: 'a name that no service can have',
    args: ['-ServiceName', 'a"b'],
    because: '-ServiceName a"b: at most 80',
  },
  {
    what: 'an account with a password',
    args: ['-ServiceAccount', 'CONTOSO\\admin'],
    because: 'An account with a password is not offered',
  },
  {
    what: 'a relative folder',
    args: ['-InstallDir', 'agent'],
    because: '-InstallDir agent: give it in full',
  },
  {
    what: 'a folder on the network',
    args: ['-DataDir', '\\\\fs\\share\\agent'],
    because: '-DataDir \\\\fs\\share\\agent: give it in full',
  },
  {
    what: 'the data inside the program',
    args: ['-DataDir', `${PROGRAM}\\data`],
    because: 'neither may be inside the other',
  },
  {
    what: 'a folder in which something else is',
    prepare: (machine) => machine.write(`${PROGRAM}\\other.txt`, 'x'),
    because: 'there is something else in it',
  },
  { what: 'a drive that is not there', args: ['-InstallDir', 'X:\\agent'], because: 'there is no drive X:' },
  {
    what: 'a drive of the network',
    args: ['-DataDir', 'Z:\\agent'],
    prepare: ({ state }) =>
      Object.assign(state.drives, { Z: { type: 'Network', format: 'NTFS', freeBytes: GIB } }),
    because: 'Z: is no disk of this machine (Network)',
  },
  {
    what: 'a drive without permissions',
    args: ['-DataDir', 'E:\\agent'],
    prepare: ({ state }) =>
      Object.assign(state.drives, { E: { type: 'Fixed', format: 'FAT32', freeBytes: GIB } }),
    because: 'FAT32 on E: knows no permissions',
  },
  {
    what: 'a disk that is nearly full',
    prepare: ({ state }) =>
      Object.assign(state.drives, { C: { type: 'Fixed', format: 'NTFS', freeBytes: 1000 } }),
    because: '1 MiB free on C:, and 1 MiB must be',
  },
  {
    what: 'a package of which a file is missing',
    files: { 'service-host.mjs': null },
    because: 'service-host.mjs is missing',
  },
  {
    what: 'a package of which a file is damaged',
    files: { SHA256SUMS: `${'0'.repeat(64)}  node.exe\n` },
    because: 'the package is damaged: node.exe is another file than listed',
  },
  { what: 'a version that is none', files: { VERSION: '../../x' }, because: 'VERSION holds no version' },
  {
    what: 'a program that a policy keeps from running',
    prepare: ({ state }) => Object.assign(state.faults, { node: 'This program is blocked by group policy.' }),
    because: 'node.exe cannot be run: This program is blocked by group policy.',
  },
  {
    what: 'a port that somebody else has',
    prepare: ({ state }) => {
      state.ports['9753'] = 'Only one usage of each socket address is normally permitted.';
      state.portOwners['9753'] = 'w3wp (process 812)';
    },
    because: 'nobody can listen at 127.0.0.1:9753: w3wp (process 812) listens there',
  },
  {
    what: 'a port that Windows has reserved',
    args: ['-ListenPort', '50100'],
    prepare: ({ state }) =>
      Object.assign(state.ports, {
        50100: 'An attempt was made to access a socket in a way forbidden by its access permissions.',
      }),
    because: '127.0.0.1:50100: An attempt was made to access a socket in a way forbidden',
  },
  {
    what: 'an address that is none',
    args: ['-ListenAddress', 'everywhere'],
    because: '-ListenAddress everywhere: expected an address',
  },
  {
    what: 'a port that is none',
    args: ['-ListenPort', '70000'],
    because: '-ListenPort 70000: expected 1 to 65535',
  },
  {
    what: 'addresses for a firewall that is not asked for',
    args: ['-RemoteAddress', '10.0.0.1'],
    because: 'the rule of -Firewall, which is not given',
  },
  {
    what: 'a configuration that is not there',
    args: ['-ConfigFile', 'C:\\none.yml'],
    because: '-ConfigFile C:\\none.yml: there is no such file',
  },
  {
    what: 'an address beside a configuration',
    args: ['-ConfigFile', 'C:\\mine.yml', '-ListenPort', '9800'],
    prepare: (machine) => machine.write('C:\\mine.yml', ''),
    because: 'write web.listen into the file of -ConfigFile',
  },
  {
    what: 'a configuration with mistakes',
    args: ['-ConfigFile', 'C:\\mine.yml'],
    prepare: (machine) => machine.write('C:\\mine.yml', 'unknown-to: 0.2.0\n'),
    because: 'C:\\mine.yml:1:1  unknown-to: unknown key',
  },
  {
    what: 'another service of that name',
    prepare: ({ state }) =>
      Object.assign(state.registry, {
        [`SYSTEM\\CurrentControlSet\\Services\\${NAME}`]: {
          ImagePath: 'C:\\Windows\\System32\\svchost.exe',
        },
      }),
    because: 'there is a service hyperv-checkpoint-agent that is not this agent',
  },
  {
    what: 'a data folder that somebody else made',
    prepare: (machine) => {
      machine.write(`${DATA}\\agent.yml`, 'collector: { powershell: { executable: C:\\evil.exe } }\n');
      machine.state.security[DATA] = 'O:S-1-5-21-1-2-3-1108G:S-1-5-21-1-2-3-513D:AI(A;OICIID;FA;;;SY)';
    },
    because: `${DATA} belongs to S-1-5-21-1-2-3-1108, who is neither SYSTEM nor Administrators, nor you`,
  },
  {
    what: 'a service that is marked for deletion',
    prepare: async (machine) => {
      await installed(machine, '0.1.0');
      Object.assign(machine.state.registry[`SYSTEM\\CurrentControlSet\\Services\\${NAME}`] ?? {}, {
        DeleteFlag: 1,
      });
    },
    because: 'is marked for deletion: close services.msc',
  },
  {
    what: 'an older version',
    prepare: (machine) => installed(machine, '0.3.0'),
    because: 'version 0.3.0 is installed, and 0.2.0 is older',
  },
  {
    what: 'to move what is installed',
    args: ['-InstallDir', 'C:\\Tools\\agent'],
    prepare: (machine) => installed(machine, '0.1.0'),
    because: `it is installed with ${PROGRAM}. To move it, uninstall it first`,
  },
  {
    what: 'a second service in the data of the first',
    args: ['-ServiceName', 'second', '-InstallDir', 'C:\\Tools\\second'],
    prepare: (machine) => installed(machine, '0.1.0'),
    because: `${DATA}: the service ${NAME} uses ${DATA}, and second must have folders of its own: -InstallDir, -DataDir`,
  },
  {
    what: 'a second service with the program of the first',
    args: ['-ServiceName', 'second', '-DataDir', 'C:\\Tools\\data'],
    prepare: (machine) => installed(machine, '0.1.0'),
    because: `${PROGRAM}: the service ${NAME} uses ${PROGRAM}`,
  },
  {
    what: 'a configuration that the new version cannot use',
    prepare: async (machine) => {
      await installed(machine, '0.1.0');
      machine.write(`${DATA}\\agent.yml`, 'unknown-to: 0.2.0\n');
    },
    because: `version 0.2.0 cannot use the configuration ${DATA}\\agent.yml:`,
  },
];

describe.skipIf(PWSH === null)('install.ps1 refuses', () => {
  test.each(REFUSALS)('$what, and changes nothing', async ({ args = [], prepare, files, because }) => {
    const machine = makeMachine();
    try {
      await prepare?.(machine);
      const before = left(machine);
      const folder = machine.unpack('0.2.0', files);
      const ran = await machine.run(`${folder}\\install.ps1`, ...args);
      expect(ran.out).toMatch(/^ {2}refused {4}[\s\S]*^Nothing was changed\.\n$/m);
      expect(ran.out).toContain(because);
      expect({ code: ran.code, changes: ran.changes }).toEqual({ code: 2, changes: [] });
      expect(left(machine)).toBe(before);
    } finally {
      machine.dispose();
    }
  });

  it('a folder of data that is a link, which leads elsewhere', async () => {
    const machine = makeMachine();
    const folder = machine.unpack('0.2.0');
    const elsewhere = join(machine.drive, 'elsewhere');
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'agent.yml'), '');
    symlinkSync(elsewhere, join(machine.drive, 'ProgramData', NAME));
    const ran = await machine.run(`${folder}\\install.ps1`);
    expect(ran).toMatchObject({ code: 2, changes: [], out: expect.stringContaining(`${DATA} is a link`) });
    machine.dispose();
  });

  it.each([
    ['the built-in Administrator runs it', 'S-1-5-21-1-2-3-500', 0],
    ['somebody else runs it', 'S-1-5-21-1-2-3-1001', 2],
  ])('a configuration of the built-in Administrator unless that is you: %s', async (_who, userSid, code) => {
    const machine = makeMachine();
    machine.state.facts.userSid = userSid;
    machine.write(`${DATA}\\agent.yml`, 'web: { listen: 127.0.0.1:9800 }\n');
    machine.state.security[`${DATA}\\agent.yml`] = 'O:LAG:SYD:AI(A;ID;FA;;;SY)(A;ID;FA;;;BA)';
    const ran = await machine.run(`${machine.unpack('0.2.0')}\\install.ps1`);
    expect(ran.code).toBe(code);
    if (code === 2) expect(ran.out).toContain('agent.yml belongs to S-1-5-21-1-2-3-500, who is');
    machine.dispose();
  });

  it('to copy a database that is a link', async () => {
    const machine = makeMachine();
    await installed(machine, '0.1.0');
    machine.write('C:\\secret.txt', 'of the administrators');
    symlinkSync(
      join(machine.drive, 'secret.txt'),
      join(machine.drive, 'ProgramData', NAME, 'state', 'more.db'),
    );
    const ran = await machine.run(`${machine.unpack('0.2.0')}\\install.ps1`);
    expect(ran).toMatchObject({
      code: 1,
      changes: [],
      out: expect.stringContaining('more.db is a link, which the agent never makes'),
    });
    machine.dispose();
  });

  it('nothing of a data folder that somebody else made when -Force is given: it is put aside', async () => {
    const machine = makeMachine();
    machine.write(`${DATA}\\agent.yml`, 'collector: { powershell: { executable: C:\\evil.exe } }\n');
    machine.state.security[DATA] = 'O:S-1-5-21-1-2-3-1108G:S-1-5-21-1-2-3-513D:AI(A;OICIID;FA;;;SY)';
    const ran = await machine.run(`${machine.unpack('0.2.0')}\\install.ps1`, '-Force');
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining(`put aside as ${DATA}.aside`) });
    expect(machine.read(`${DATA}\\agent.yml`)).not.toContain('evil');
    expect(machine.read(`${DATA}.aside\\agent.yml`)).toContain('evil');
    machine.dispose();
  });

  it('no older version when -Force is given', async () => {
    const machine = makeMachine();
    await installed(machine, '0.3.0');
    machine.write(`${DATA}\\state\\agent.db`, 'as version 0.2.0 left it\n');
    const ran = await machine.run(`${machine.unpack('0.2.0')}\\install.ps1`, '-Force');
    expect(ran).toMatchObject({ code: 0, out: expect.stringContaining('version 0.2.0 instead of 0.3.0') });
    machine.dispose();
  });

  it('where the language is constrained, before it reads anything', async () => {
    const machine = makeMachine();
    const folder = machine.unpack('0.2.0');
    for (const script of ['install.ps1', 'uninstall.ps1']) {
      const ran = await machine.runConstrained(`${folder}\\${script}`);
      expect(ran).toMatchObject({ code: 2, changes: [] });
      expect(ran.out).toContain('refused    PowerShell runs in ConstrainedLanguage here');
    }
    machine.dispose();
  });
});
