import { describe, expect, it } from 'vitest';
import { runCommand } from '../../../src/cli/index.ts';
import type { InstallRequest } from '../../../src/cli/service/install-arguments.ts';
import { serviceInstall, serviceUninstall } from '../../../src/cli/service/setup.ts';
import { fakeIo } from '../io.ts';
import { fakeWindows } from './fake-windows.ts';

const NOTHING: InstallRequest = {
  name: 'hyperv-checkpoint-agent',
  installDir: null,
  dataDir: null,
  account: null,
  configFile: null,
  listenAddress: null,
  listenPort: null,
  firewall: false,
  remoteAddress: [],
  noStart: false,
  noPath: false,
  force: false,
  whatIf: false,
};
const UNINSTALL = {
  name: 'hyperv-checkpoint-agent',
  installDir: null,
  dataDir: null,
  purge: false,
  whatIf: false,
};
const windowsIo = () => fakeIo({ platform: 'win32', env: { SYSTEMROOT: 'C:\\WINDOWS' }, cwd: 'C:\\Tools' });
const BEGINNING = [
  '-NoProfile',
  '-ExecutionPolicy',
  'Bypass',
  '-File',
  'C:\\Program Files\\hyperv-checkpoint-agent\\install.ps1',
];

describe('service install', () => {
  it('runs the shipped script with the PowerShell of Windows, and shows what it says', async () => {
    const { world, jobs } = fakeWindows({ powershell: 0 });
    expect(await serviceInstall(NOTHING, windowsIo().io, world)).toBe(0);
    expect(jobs).toMatchObject([
      {
        program: 'C:\\WINDOWS\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
        args: [...BEGINNING, '-ServiceName', 'hyperv-checkpoint-agent'],
        isShown: true,
      },
    ]);
  });

  it('hands over what it was given, each argument apart, and a relative file from the folder it was given in', async () => {
    const { world, jobs } = fakeWindows({ powershell: 0 });
    const request: InstallRequest = {
      name: 'second',
      installDir: 'D:\\My tools\\agent',
      dataDir: 'D:\\Data; Remove-Item x',
      account: 'CONTOSO\\checkpoints$',
      configFile: 'agent.yml',
      listenAddress: '0.0.0.0',
      listenPort: 9754,
      firewall: true,
      remoteAddress: ['10.1.0.0/16', '10.2.3.4'],
      noStart: true,
      noPath: true,
      force: true,
      whatIf: true,
    };
    await serviceInstall(request, windowsIo().io, world);
    const rest = [
      ...['-ServiceName', 'second', '-InstallDir', 'D:\\My tools\\agent'],
      ...['-DataDir', 'D:\\Data; Remove-Item x', '-ServiceAccount', 'CONTOSO\\checkpoints$'],
      ...['-ConfigFile', 'C:\\Tools\\agent.yml', '-ListenAddress', '0.0.0.0', '-ListenPort', '9754'],
      ...['-Firewall', '-RemoteAddress', '10.1.0.0/16,10.2.3.4', '-NoStart', '-NoPath', '-Force', '-WhatIf'],
    ];
    expect(jobs[0]?.args).toEqual([...BEGINNING, ...rest]);
  });

  it.each([
    [0, 0],
    [1, 1],
    [2, 2],
    [3, 3],
    [4294770688, 1],
  ])('ends as the script does: %i is %i', async (code, exitCode) => {
    const { world } = fakeWindows({ powershell: code });
    expect(await serviceInstall(NOTHING, windowsIo().io, world)).toBe(exitCode);
  });

  it('says what to do where the script is missing', async () => {
    const { io, printed } = windowsIo();
    const { world, jobs } = fakeWindows({}, { findScript: () => null });
    expect(await serviceInstall(NOTHING, io, world)).toBe(1);
    expect(printed.err).toContain('install.ps1 is not beside this program: unpack the archive');
    expect(jobs).toEqual([]);
  });

  it.each([
    '--install-dir=-Purge',
    '--data-dir=–Force',
    '--account=a"b',
    '--name=x y',
    '--listen-port=70000',
  ])('refuses %s as wrong usage', async (option) => {
    const { io, printed } = windowsIo();
    expect(await runCommand(['service', 'install', option], io)).toBe(2);
    expect(printed.err).toContain('Expected');
  });
});

it('service uninstall runs the other script', async () => {
  const { world, jobs } = fakeWindows({ powershell: 3 });
  const request = { ...UNINSTALL, purge: true, whatIf: true };
  expect(await serviceUninstall(request, windowsIo().io, world)).toBe(3);
  expect(jobs[0]?.args.slice(4)).toEqual([
    'C:\\Program Files\\hyperv-checkpoint-agent\\uninstall.ps1',
    ...['-ServiceName', 'hyperv-checkpoint-agent', '-AfterProcess', '4711', '-Purge', '-WhatIf'],
  ]);
});

it.each(['install', 'uninstall', 'start', 'stop', 'status'])(
  'service %s is for Windows alone, and says so',
  async (command) => {
    const { io, printed } = fakeIo({ platform: 'linux' });
    expect(await runCommand(['service', command], io)).toBe(1);
    expect(printed.err).toBe(
      'The service is for Windows. Elsewhere let the system start "checkpoint-agent run", by a unit of systemd for one.\n',
    );
  },
);
