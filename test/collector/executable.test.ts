import { describe, expect, it } from 'vitest';
import { findExecutable, type Machine } from '../../src/collector/executable.ts';

const windows = (over: Partial<Machine> = {}): Machine => ({
  platform: 'win32',
  arch: 'x64',
  env: { SystemRoot: 'C:\\Windows', PATH: 'C:\\Evil' },
  ...over,
});

async function sought(machine: Machine): Promise<string | null> {
  // No such file here; the failure says where it would have been.
  const found = await findExecutable({ executable: null, modulePath: null }, machine);
  return found.ok ? found.path : found.error.target;
}

describe('finding PowerShell', () => {
  it('takes Windows PowerShell from the system folder, not from PATH', async () => {
    expect(await sought(windows())).toBe('C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe');
  });

  it('leaves the 32-bit view of a 64-bit Windows', async () => {
    const env = { SYSTEMROOT: 'D:\\WINNT', PROCESSOR_ARCHITEW6432: 'AMD64' };
    const path = await sought(windows({ arch: 'ia32', env }));
    expect(path).toBe('D:\\WINNT\\Sysnative\\WindowsPowerShell\\v1.0\\powershell.exe');
  });

  it('says that the platform is not supported where nothing is configured and nothing is Windows', async () => {
    const machine: Machine = { platform: 'linux', arch: 'x64', env: { PATH: '/usr/bin' } };
    const found = await findExecutable({ executable: null, modulePath: null }, machine);
    expect(found).toMatchObject({
      ok: false,
      error: { code: 'PLATFORM_UNSUPPORTED', detail: 'it runs linux' },
    });
  });

  it('looks for a bare name on PATH, but not in the working directory', async () => {
    const machine = (path: string): Machine => ({ platform: 'linux', arch: 'x64', env: { PATH: path } });
    const wanted = { executable: 'sh', modulePath: null };
    expect(await findExecutable(wanted, machine('/nowhere:/bin'))).toEqual({ ok: true, path: '/bin/sh' });
    expect(await findExecutable(wanted, machine(':.:'))).toMatchObject({ ok: false });
  });

  it('looks for pwsh when only a module path is configured', async () => {
    const found = await findExecutable(
      { executable: null, modulePath: '/modules' },
      { platform: 'linux', arch: 'x64', env: { PATH: '/nowhere' } },
    );
    expect(found).toMatchObject({ ok: false, error: { code: 'SHELL_MISSING', target: 'pwsh' } });
  });
});
