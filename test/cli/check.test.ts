import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { askAgent } from '../../src/cli/ask-agent.ts';
import { check } from '../../src/cli/check.ts';
import { CHECK_HELP } from '../../src/cli/check-help.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { DAY_MS } from '../../src/core/units.ts';
import { finding, view } from '../builders.ts';
import { runningExporter } from '../exporter/running.ts';

interface Ran {
  readonly code: number;
  readonly out: string;
}

/** Runs the command in this process. */
async function ran(argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> {
  let out = '';
  const stdout = {
    write: (text: string) => {
      out += text;
    },
    isTTY: false,
    columns: null,
  };
  const stderr = {
    write: (text: string) => {
      throw new Error(`a monitoring server would not see: ${text}`);
    },
    isTTY: false,
    columns: null,
  };
  const io: CliIo = { stdout, stderr, env, platform: 'linux', cwd: '/' };
  return { code: await check(argv, io), out };
}

/** Runs the command as a monitoring server does. */
function spawned(argv: readonly string[]): Promise<Ran & { readonly err: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['src/main.ts', 'check', ...argv]);
    let out = '';
    let err = '';
    child.stdout.on('data', (part: Buffer) => {
      out += part.toString();
    });
    child.stderr.on('data', (part: Buffer) => {
      err += part.toString();
    });
    child.on('close', (code) => resolve({ code: code ?? -1, out, err }));
  });
}

async function serving(listener: RequestListener): Promise<AsyncDisposable & { readonly url: string }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const STALE = view(
  [
    {
      vms: [
        { name: 'SQL 01 & co', checkpoints: [{ name: 'before patch', ageMs: 12 * DAY_MS }] },
        { name: 'DC01' },
      ],
    },
  ],
  [finding({ vm: 'SQL 01 & co', checkpoint: 'before patch' }, { severity: 'critical' })],
);

describe(check, () => {
  it('says what the running agent says, with its exit code', async () => {
    await using running = await runningExporter();
    const url = ['--url', running.url];
    expect((await ran(url)).code).toBe(3);
    await running.exporter.publish(STALE);
    const all = await ran(url);
    expect(all.code).toBe(2);
    expect(all.out).toMatch(
      /^CHECKPOINTS CRITICAL - SQL 01 & co "before patch" 12d, 1\.0 GiB \| 'oldest_age'=1036800s/,
    );
    expect((await ran([...url, '--vm', 'DC01'])).code).toBe(0);
    expect((await ran([...url, '--vm', 'SQL 01 & co', '-w', '3d'])).code).toBe(1);
    expect((await ran([...url, '--vm=dc*', '--vm', 'GONE'])).code).toBe(3);
    expect((await ran([], { CHECKPOINT_AGENT_URL: `${running.url}/` })).code).toBe(2);
  });

  it('ends with the same through the shell, on standard output alone', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(STALE);
    const [critical, wrong] = await Promise.all([spawned(['--url', running.url]), spawned(['--colour'])]);
    expect(critical).toMatchObject({ code: 2, err: '' });
    expect(critical.out).toMatch(/^CHECKPOINTS CRITICAL - /);
    expect(wrong).toMatchObject({ code: 3, err: '' });
    expect(wrong.out).toMatch(/^CHECKPOINTS UNKNOWN - Unknown option '--colour'/);
  });

  it.each([
    [['--colour'], "Unknown option '--colour'"],
    [['extra'], "Unexpected argument 'extra'"],
    [['-w'], "Option '-w, --warning <value>' argument missing"],
    [['-w', '20:10'], 'warning: "20:10" starts above its end'],
    [['--metric', 'size'], 'metric needs -w or -c'],
    [['-t', '0'], 'timeout: "0" is no time from 1s to 10m'],
    [['-t', '1ms'], 'timeout: "1ms" is no time from 1s to 10m'],
    [['-t', '999ms'], 'timeout: "999ms" is no time from 1s to 10m'],
    [['-t', '11m'], 'timeout: "11m" is no time from 1s to 10m'],
    [['-w', '7d', '-c', '3d'], 'warning 7d is above critical 3d: it would never warn'],
    [['-w', 'abc'], 'warning: "abc" is no age such as 3d or 1d12h:7d'],
    [['-t', 'soon'], 'timeout: "soon" is no time'],
    [['--url', 'ftp://x'], 'url is no address such as http://127.0.0.1:9753'],
    [['--url', '$(rm -rf /)'], 'url is no address such as http://127.0.0.1:9753'],
    [['--max-age', 'old'], 'max-age: "old" is no duration such as 45m or 2h'],
  ])('%j is UNKNOWN, on standard output', async (argv, problem) => {
    const { code, out } = await ran(argv);
    // Whole, and once.
    const [first = '', ...rest] = out.trimEnd().split('\n');
    expect([code, first.startsWith(`CHECKPOINTS UNKNOWN - ${problem}`)]).toEqual([3, true]);
    expect(rest).toEqual(['See checkpoint-agent check --help.']);
  });

  it('prints help and version with exit code 3, as the guidelines want', async () => {
    expect(await ran(['--help'])).toEqual({ code: 3, out: CHECK_HELP });
    expect(await ran(['-V'])).toEqual({ code: 3, out: expect.stringMatching(/^checkpoint-agent \d/) });
  });

  it('is UNKNOWN when no agent runs, and says where it looked and what to do', async () => {
    const gone = await serving(() => {});
    await gone[Symbol.asyncDispose]();
    const { code, out } = await ran(['--url', gone.url]);
    expect(code).toBe(3);
    expect(out).toContain(`CHECKPOINTS UNKNOWN - no agent at ${gone.url} (nothing listens there)\nIs `);
    expect(out).toContain('CHECKPOINT_AGENT_URL');
  });

  it('is UNKNOWN when the agent does not answer in time', async () => {
    await using silent = await serving(() => {});
    const reply = await askAgent(new URL(silent.url), 50);
    expect(reply).toMatchObject({ ok: false, problem: expect.stringContaining('no answer within') });
  });

  it('says what is wrong on the first line, also when the address does not fit', async () => {
    const host = `${'h'.repeat(40)}.invalid`;
    const { out } = await ran(['--url', `http://${host}:9753`]);
    const [first, second] = out.split('\n');
    expect(first).toMatch(/^CHECKPOINTS UNKNOWN - no agent \(name (unknown|lookup failed)\)$/);
    expect(second).toMatch(new RegExp(`^no agent at http://${host}:9753 \\(name `));
  });

  it('is UNKNOWN when something else answers, whatever it says', async () => {
    const answers: RequestListener[] = [
      (_, response) => response.end('CHECKPOINTS OK - all is well\n'),
      (_, response) => response.writeHead(404).end(),
      (_, response) => response.writeHead(302, { Location: '/' }).end(),
      (_, response) => response.writeHead(200, { 'Check-Exit-Code': '7' }).end('x'),
      (_, response) => response.writeHead(200, { 'Check-Exit-Code': '0' }).end('\n'),
      (_, response) => response.writeHead(500, { 'Check-Exit-Code': '0' }).end('x'),
      (_, response) =>
        void response
          .writeHead(200, { 'Check-Exit-Code': '0', 'Content-Length': 100 })
          .write('cut', () => response.destroy()),
      (_, response) => response.destroy(),
    ];
    for (const answer of answers) {
      await using other = await serving(answer);
      const { code, out } = await ran(['--url', other.url]);
      expect([code, out]).toEqual([3, expect.stringMatching(/^CHECKPOINTS UNKNOWN - /)]);
    }
  });

  it('keeps a password in the address to itself', async () => {
    const { out } = await ran(['--url', 'http://admin:hunter2@127.0.0.1:1/', '-t', '5s']);
    expect(out).toContain('127.0.0.1:1');
    expect(out).not.toContain('hunter2');
  });
});
