import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createNodePowerShell } from '../../src/collector/node-powershell.ts';
import type { PowerShellResult } from '../../src/collector/powershell-runner.ts';
import { skipOnWindows } from '../skip-on-windows.ts';
import { FAKE_SHELL, job, MACHINE, makeExecutables, PWSH, processesWith } from './shells.ts';
import { createSpawnRunner } from './spawn-runner.ts';

skipOnWindows('a shell script stands in for PowerShell');

let fake = '';
let dispose = async (): Promise<void> => undefined;

beforeAll(async () => {
  const made = await makeExecutables({ fake: FAKE_SHELL });
  fake = made.path('fake');
  dispose = made.dispose;
});
afterAll(() => dispose());

const runners = [
  ['node-powershell', createNodePowerShell],
  ['plain child_process', createSpawnRunner],
] as const;
const shells = [
  ['a fake shell', () => fake],
  ['a real PowerShell', () => PWSH],
] as const;
const never = new AbortController().signal;

function stdoutOf(result: PowerShellResult): string {
  return result.status === 'failed' ? `failed: ${result.error.code} ${result.error.detail}` : result.stdout;
}

describe.each(runners)('the runner on %s', (_library, createRunner) => {
  describe.each(shells)('with %s', (shell, executable) => {
    const test = it.skipIf(shell === 'a real PowerShell' && PWSH === null);
    const run = (script: string, over = {}, signal = never) =>
      createRunner({ executable: executable(), modulePath: null }, MACHINE).run(job(script, over), signal);

    test('hands parameters over as they are, whatever is in them', async () => {
      const parameters = { name: `a'"\`$(calc)\n; Stop-Computer; #\u00e9\ud83d\ude00`, count: 3, none: null };
      const result = await run('# fake: echo\nparam($p) [Console]::Out.Write("<$p>")', { parameters });
      const echoed = /<([^>]*)>/.exec(stdoutOf(result))?.[1] ?? '';
      expect(JSON.parse(Buffer.from(echoed, 'base64').toString())).toEqual(parameters);
    });

    test('gives what was printed before a shell that ends too early, and how it ended', async () => {
      const result = await run('# fake: exit 0\n[Console]::Out.Write("partial"); exit 0');
      expect(result).toMatchObject({ status: 'exited', exitCode: 0 });
      expect(stdoutOf(result)).toContain('partial');
    });

    test('tells the exit code of a shell that failed', async () => {
      const result = await run('# fake: exit 3\n[Console]::Out.Write("partial"); exit 3');
      expect(result).toMatchObject({ status: 'exited', exitCode: 3 });
    });

    test('notices a shell that is killed', async () => {
      const result = await run('# fake: kill SIGKILL\n[Diagnostics.Process]::GetCurrentProcess().Kill()');
      expect(result).toMatchObject({ status: 'exited', signal: 'SIGKILL' });
    });

    test('keeps an answer in spite of warnings, and the end of the warnings', async () => {
      const script = `# fake: complain 200000
        foreach ($n in 1..5) { [Console]::Error.Write("x"); Start-Sleep -Milliseconds 10 }
        [Console]::Error.Write(("x" * 200000) + " the end")
        [Console]::Out.Write("done")`;
      const result = await run(script);
      expect(result.status).not.toBe('failed');
      expect(stdoutOf(result)).toContain('done');
      expect(result.stderrTail.slice(-20)).toContain('the end');
      expect(result.stderrTail.length).toBeLessThanOrEqual(8192);
    });

    test('ends a shell that hangs, with all it started', async () => {
      const seconds = `300.${Math.floor(Math.random() * 1e9)}`;
      const result = await run(`# fake: hang ${seconds}\n& sleep ${seconds}`, { timeoutMs: 1500 });
      expect(result).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
      await expect.poll(() => processesWith(seconds), { timeout: 10_000 }).toEqual([]);
    });

    test('ends a shell that does not stop talking', async () => {
      const script = '# fake: flood\nwhile ($true) { [Console]::Out.Write("x" * 65536) }';
      const result = await run(script, { maxOutputBytes: 300_000 });
      expect(result).toMatchObject({ status: 'failed', error: { code: 'OUTPUT_TOO_LARGE' } });
    });

    test('stops when it is told to', async () => {
      const stop = new AbortController();
      const seconds = `301.${Math.floor(Math.random() * 1e9)}`;
      const running = run(`# fake: hang ${seconds}\n& sleep ${seconds}`, {}, stop.signal);
      await expect.poll(() => processesWith(seconds).length, { timeout: 10_000 }).toBeGreaterThan(0);
      stop.abort();
      expect(await running).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
      await expect.poll(() => processesWith(seconds), { timeout: 10_000 }).toEqual([]);
    });

    test('starts nothing when it was told to stop before', async () => {
      const result = await run('# fake: echo', {}, AbortSignal.abort());
      expect(result).toMatchObject({ status: 'failed', error: { code: 'CANCELLED' } });
    });
  });

  it.each([
    ['an executable that is not there', '/no/such/pwsh', '/no/such/pwsh: there is no such file or folder'],
    ['a folder', '/tmp', '/tmp is no file'],
    ['a file that is no program', import.meta.filename, 'access denied'],
    ['a relative path', './pwsh', 'expected an absolute path'],
    ['a name that is not on PATH', 'no-such-pwsh', 'no-such-pwsh is in no folder on PATH'],
    ['a name with a command in it', 'pwsh; touch /tmp/x', 'expected an absolute path'],
    ['a name with a substitution in it', 'pwsh$(calc)', 'pwsh$(calc) is in no folder on PATH'],
  ])('says that PowerShell is missing for %s', async (_what, executable, detail) => {
    const result = await createRunner({ executable, modulePath: null }, MACHINE).run(job(''), never);
    expect(result).toMatchObject({ status: 'failed', error: { code: 'SHELL_MISSING', target: executable } });
    expect(result.status === 'failed' ? result.error.detail : '').toContain(detail);
  });
});
