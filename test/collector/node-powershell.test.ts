import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createNodePowerShell } from '../../src/collector/node-powershell.ts';
import { skipOnWindows } from '../skip-on-windows.ts';
import { FAKE_SHELL, job, MACHINE, makeExecutables, PWSH } from './shells.ts';

skipOnWindows('a shell script stands in for PowerShell');

const never = new AbortController().signal;
const rejections: unknown[] = [];
const note = (reason: unknown): void => {
  rejections.push(reason);
};

let path = (name: string): string => name;
let dispose = async (): Promise<void> => undefined;

beforeAll(async () => {
  process.on('unhandledRejection', note);
  const made = await makeExecutables({
    fake: FAKE_SHELL,
    'ends-at-once': '#!/bin/sh\nexit 0\n',
    'fails-at-once': '#!/bin/sh\necho "no license" >&2\nexit 7\n',
    'without-interpreter': '#!/no/such/interpreter\n',
    'reads-nothing': '#!/bin/sh\nexec sleep 302\n',
    'shows-environment': '#!/bin/sh\nenv\n',
    'shows-arguments': '#!/bin/sh\nprintf "%s " "$@"\n',
  });
  path = made.path;
  dispose = made.dispose;
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await dispose();
});
afterEach(() => {
  delete process.env.NODE_POWERSHELL;
  expect(rejections).toEqual([]);
});

function run(name: string, script = '', over = {}, machine = MACHINE) {
  return createNodePowerShell({ executable: path(name), modulePath: null }, machine).run(
    job(script, over),
    never,
  );
}

describe('a shell that fails', () => {
  it('is missing when the system cannot start it', async () => {
    const result = await run('without-interpreter');
    expect(result).toMatchObject({ status: 'failed', error: { code: 'SHELL_MISSING' } });
  });

  it('has exited when it ends before it was asked anything', async () => {
    expect(await run('ends-at-once')).toMatchObject({ status: 'exited', exitCode: 0, stdout: '' });
  });

  it('has exited with its code and its complaint', async () => {
    const result = await run('fails-at-once');
    expect(result).toMatchObject({ status: 'exited', exitCode: 7, stderrTail: 'no license\n' });
  });

  it('times out when it does not even read', async () => {
    const result = await run('reads-nothing', '', { timeoutMs: 300 });
    expect(result).toMatchObject({ status: 'failed', error: { code: 'TIMEOUT' } });
  });

  it('does not hold up the next one', async () => {
    await run('reads-nothing', '', { timeoutMs: 100 });
    const next = await run('fake', '# fake: echo', { timeoutMs: 5000 });
    expect(next.status).toBe('answered');
  });
});

describe('what is said to the shell', () => {
  it('survives line ends of Windows, also when everything comes in one piece while the agent is busy', async () => {
    const running = run('fake', '# fake: crlf answer', { timeoutMs: 5000 });
    const busyUntil = performance.now() + 300;
    setTimeout(() => {
      while (performance.now() < busyUntil);
    }, 20);
    expect(await running).toMatchObject({ status: 'answered', stdout: expect.stringContaining('answer') });
  });

  it('finds the end of an answer that comes letter by letter', async () => {
    const result = await run('fake', '# fake: drip a-long-enough-answer');
    expect(result).toMatchObject({
      status: 'answered',
      stdout: expect.stringContaining('a-long-enough-answer'),
    });
  });

  it('is the executable that was asked for, whatever NODE_POWERSHELL says', async () => {
    process.env.NODE_POWERSHELL = path('fails-at-once');
    expect(await run('fake', '# fake: echo')).toMatchObject({ status: 'answered' });
  });

  it('loads no profile, asks no questions, and names the execution policy on Windows only', async () => {
    expect(await run('shows-arguments')).toMatchObject({
      stdout: '-NoLogo -NoProfile -NonInteractive -NoExit -Command - ',
    });
  });

  it('has none of the secrets of the agent in its environment', async () => {
    const env = { ...process.env, SMTP_PASSWORD: 'secret', NODE_OPTIONS: '--x', lc_all: 'C' };
    const result = await run('shows-environment', '', {}, { ...MACHINE, env });
    const stdout = result.status === 'exited' ? result.stdout : '';
    expect(stdout).not.toMatch(/secret|NODE_OPTIONS/);
    expect(stdout).toMatch(/^TERM=dumb$/m);
    expect(stdout).toMatch(/^lc_all=C$/m);
    expect(stdout).toMatch(/^PATH=/m);
  });
});

describe.skipIf(PWSH === null)('with a real PowerShell', () => {
  const real = (script: string, modulePath: string | null = null) =>
    createNodePowerShell({ executable: PWSH, modulePath }, MACHINE).run(job(script), never);

  it('puts the module path in front', async () => {
    const result = await real('[Console]::Out.Write("<$env:PSModulePath>")', "/modules/it's $(here)");
    const shown = result.status === 'answered' ? result.stdout : '';
    expect(shown).toContain("</modules/it's $(here):");
  });

  it('answers without escape codes', async () => {
    const result = await real('[Console]::Out.Write("a"); Write-Warning "b"; Get-Date | Out-Null');
    expect(JSON.stringify(result)).not.toContain('\\u001b');
  });

  it('keeps the answer of a script that fails in its middle', async () => {
    const result = await real('[Console]::Out.Write("before"); throw "no"');
    expect(result).toMatchObject({ status: 'answered', stdout: expect.stringContaining('before') });
  });
});
