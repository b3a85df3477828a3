import { describe, expect, it } from 'vitest';
import { childEnvironment } from '../../src/collector/environment.ts';

describe('the environment of PowerShell', () => {
  it('leaves out the module path of a PowerShell 7 that started the agent on Windows', () => {
    const parent = {
      PSModulePath: 'C:\\Program Files\\PowerShell\\7\\Modules',
      Path: 'C:\\Windows',
      windir: 'C:\\Windows',
    };
    const env = childEnvironment(parent, 'win32');
    expect(env).not.toHaveProperty('PSModulePath');
    expect(env).toMatchObject({ Path: 'C:\\Windows', windir: 'C:\\Windows', TERM: 'dumb' });
  });

  it('keeps it elsewhere, where it is the only way to have one', () => {
    expect(childEnvironment({ PSModulePath: '/modules' }, 'linux')).toMatchObject({
      PSModulePath: '/modules',
    });
  });

  it('hands on settings of .NET, and nothing that it does not know', () => {
    const parent = {
      DOTNET_gcServer: '0',
      SECRET: 'x',
      NODE_POWERSHELL: 'evil',
      __PSLockdownPolicy: '4',
      EMPTY: undefined,
    };
    const env = childEnvironment(parent, 'win32');
    expect(Object.keys(env).sort()).toEqual([
      'DOTNET_gcServer',
      'NO_COLOR',
      'POWERSHELL_TELEMETRY_OPTOUT',
      'POWERSHELL_UPDATECHECK',
      'TERM',
    ]);
  });
});
