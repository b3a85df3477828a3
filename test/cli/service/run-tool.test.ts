import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { runTool, systemProgram } from '../../../src/cli/service/run-tool.ts';

const NEVER = new AbortController().signal;
const node = (script: string, timeoutMs = 20_000) => ({
  program: process.execPath,
  args: ['-e', script],
  timeoutMs,
});

describe('a program of Windows', () => {
  it('is run with its arguments as they are, and its output kept byte by byte', async () => {
    const script =
      'process.stdout.write(Buffer.from([0x9a])); console.log(process.argv[1]); process.exitCode = 7';
    const job = { ...node(script), args: ['-e', script, 'a b "c" & d'] };
    expect(await runTool(job, NEVER)).toEqual({
      status: 'ended',
      exitCode: 7,
      output: '\x9aa b "c" & d\n',
    });
  });

  it('is ended when it takes too long, prints too much, or nobody wants it any more', async () => {
    const hangs = 'setInterval(() => {}, 1000)';
    expect(await runTool(node(hangs, 300), NEVER)).toEqual({
      status: 'failed',
      why: 'it did not end within 0.3 s',
    });
    expect(await runTool(node(hangs), AbortSignal.timeout(100))).toEqual({
      status: 'failed',
      why: 'it was stopped',
    });
    const floods = 'setInterval(() => process.stdout.write("x".repeat(65536)), 1)';
    expect(await runTool(node(floods), NEVER)).toMatchObject({ status: 'failed' });
  });

  it('is given the environment without the modules of the PowerShell 7 that this was started from', async () => {
    onTestFinished(() => void vi.unstubAllEnvs());
    for (const name of ['PSModulePath', 'psmodulepath'])
      vi.stubEnv(name, 'C:\\Program Files\\PowerShell\\7\\Modules');
    vi.stubEnv('PSModulePathX', 'kept');
    const script =
      'console.log(Object.keys(process.env).filter((name) => /^psmodulepath/i.test(name)).join())';
    expect(await runTool(node(script), NEVER)).toMatchObject({ output: 'PSModulePathX\n' });
  });

  it('is missed in words', async () => {
    const job = { program: '/no/such/sc.exe', args: [], timeoutMs: 1000 };
    expect(await runTool(job, NEVER)).toEqual({ status: 'failed', why: 'there is no such file or folder' });
  });

  it('is the one in the system folder', () => {
    const env = { systemroot: 'D:\\Windows', PATH: 'C:\\evil' };
    expect(systemProgram({ env, platform: 'win32' }, 'sc.exe')).toBe('D:\\Windows\\System32\\sc.exe');
  });
});
