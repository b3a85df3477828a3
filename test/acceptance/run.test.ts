import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, it } from 'vitest';
import { processesWith } from '../collector/shells.ts';
import { mailServer, scriptedServer } from '../notifier/smtp-server.ts';
import { skipOnWindows } from '../skip-on-windows.ts';
import { opened } from '../store/samples.ts';
import { until } from '../until.ts';
import { command, folder, get, HOST, shell, untilShown } from './agent-process.ts';
import { mailBy, setting } from './setting.ts';

skipOnWindows('a shell script stands in for PowerShell');

describe('run refuses to start, and says what to change, when', () => {
  it('the configuration is broken: every problem at once, exit 78', async () => {
    const { configPath, stateDir } = await setting();
    writeFileSync(
      configPath,
      'schedule: { evry: 15m }\nrules:\n  checkpoint-age: { user: { warning: 9d, critical: 7d } }\nweb: { listen: 9753 }\n',
    );
    const { code, out, err } = await command('run', '--config', configPath, '--state-dir', stateDir);
    expect(code).toBe(78);
    expect(out).toBe('');
    expect(err).toMatch(/agent\.yml:1:13 +schedule\.evry: .*did you mean "?every/);
    expect(err).toMatch(/agent\.yml:3:\d+ +rules\.checkpoint-age\.user/);
    expect(err).toMatch(/agent\.yml:4:\d+ +web\.listen/);
    expect(err).toContain('3 problems');
  });

  it('another agent holds the state folder or the port', async () => {
    const first = await setting();
    const agent = first.run();
    await agent.says(' started ');

    const second = await first.run().ended;
    expect(second).toMatchObject({ code: 1, out: '' });
    expect(second.err).toContain(`Another agent already runs on the state folder ${first.stateDir}`);
    expect(second.err).toContain('--state-dir');

    const elsewhere = join(folder(), 'state');
    const third = await command('run', '--config', first.configPath, '--state-dir', elsewhere);
    expect(third).toMatchObject({ code: 1, out: '' });
    expect(third.err).toContain(
      `cannot listen on ${new URL(first.url).host}: the port is in use, perhaps by another agent. Stop that program, or give another port in web.listen.`,
    );

    await untilShown(`${first.url}/check`, 'CRITICAL');
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });

  it('a newer version wrote the state, which it leaves alone', async () => {
    const { stateDir, run } = await setting();
    opened(stateDir).store.close();
    const db = new DatabaseSync(join(stateDir, 'agent.db'));
    db.exec('PRAGMA user_version = 99');
    db.close();
    const { code, err } = await run().ended;
    expect(code).toBe(1);
    expect(err).toContain('was written by a newer version of the agent (schema 99');
    expect(readdirSync(stateDir).filter((name) => name.includes('damaged'))).toEqual([]);
  });

  it('the state folder cannot be written', async () => {
    const { configPath } = await setting();
    // Whatever the rights of whoever runs the tests: no folder can be made below a file.
    const stateDir = join(configPath, 'state');
    const { code, err } = await command('run', '--config', configPath, '--state-dir', stateDir);
    expect(code).toBe(1);
    expect(err).toContain(`The state folder ${stateDir} cannot be written`);
    expect(err).toContain('--state-dir');
  });
});

describe('run goes on when', () => {
  it.each([
    ['empty', ''],
    ['rubbish', 'not a database, and long enough to be none. '.repeat(100)],
  ])('its database is %s: that is kept aside and said', async (_, content) => {
    const { stateDir, run } = await setting();
    mkdirSync(stateDir);
    writeFileSync(join(stateDir, 'agent.db'), content);
    const agent = run();
    await agent.says(' started ');
    const kept = readdirSync(stateDir).filter((name) => name.startsWith('agent.db.damaged-'));
    expect(kept).toHaveLength(1);
    expect(agent.err).toMatch(/ warn The state .*agent\.db .* It was kept as agent\.db\.damaged-/);
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });

  it('PowerShell is not found: metrics, page and check say so', async () => {
    const { run, url } = await setting({}, (home) => join(home, 'no-such-powershell'));
    const agent = run();
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_scan_success');
    const { text } = await get(`${url}/metrics`);
    expect(text).toContain(`hyperv_checkpoint_scan_success{hyperv_host="${HOST}"} 0`);
    expect(text).toContain(
      `hyperv_checkpoint_scan_failures_total{hyperv_host="${HOST}",reason="powershell"} 1`,
    );
    expect((await get(`${url}/`)).text).toContain('PowerShell could not be started');
    const check = await command('check', '--url', url);
    expect(check.code).toBe(3);
    expect(check.out).toMatch(new RegExp(`^CHECKPOINTS UNKNOWN - ${HOST} not read`));
    expect(agent.err).toMatch(/ warn host was not read .*code="SHELL_MISSING".*no-such-powershell/);
    expect(await agent.stop()).toMatchObject({ code: 0, out: '' });
  });
});

describe('run stops', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'on %s also in the middle of a scan that hangs, and leaves no process behind',
    async (signal) => {
      // A number of seconds that no other process waits for.
      const mark = `60.${process.pid}${signal.length}`;
      const { run, url, stateDir } = await setting({}, (home) =>
        shell(home, `sleep ${mark} &\nsleep ${mark}`),
      );
      const agent = run();
      await until('the scan', () => processesWith(mark).length === 2);
      expect((await get(`${url}/-/ready`)).status).toBe(503);
      // Ctrl+C may come from the terminal and from npm: twice is once.
      agent.child.kill(signal);
      const ended = await agent.stop(signal);
      // A stop that took too long would have ended with 1.
      expect(ended).toMatchObject({ code: 0, signal: null });
      expect(ended.err).toMatch(/ info stopped\n$/);
      expect(processesWith(mark)).toEqual([]);
      // Closed, not just left.
      expect(readdirSync(stateDir).sort()).toEqual(['agent.db', 'agent.lock']);
    },
  );

  it('when standard input ends, if it is told to', async () => {
    const { run } = await setting();
    const agent = run('--stop-on-stdin-end');
    await agent.says(' started ');
    agent.child.stdin?.end();
    expect(await agent.ended).toMatchObject({ code: 0 });
  });

  it('on nothing of that kind otherwise', async () => {
    const { run, url } = await setting();
    const agent = run();
    agent.child.stdin?.end();
    await untilShown(`${url}/check`, 'CRITICAL');
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });

  it('while the mail server keeps it waiting, and sends the mail after the next start', async () => {
    const silent = await scriptedServer(['220 wait']);
    const { run, configure } = await setting();
    configure({ mail: mailBy(silent) });
    const agent = run();
    await agent.says(' scanned ');
    expect(await agent.stop()).toMatchObject({ code: 0 });
    const server = await mailServer();
    configure({ mail: mailBy(server.port) });
    await run().says('mail sent');
    expect(server.received.map(({ email }) => email.subject)).toEqual([
      expect.stringContaining('watching 1 host'),
    ]);
  });
});

it('a port is free again as soon as the agent has stopped', async () => {
  const { run, url } = await setting();
  const agent = run();
  await agent.says(' started ');
  expect(await agent.stop()).toMatchObject({ code: 0 });
  const { port } = new URL(url);
  const server = createServer().listen(Number(port), '127.0.0.1');
  await new Promise((resolve, reject) => server.on('listening', resolve).on('error', reject));
  await new Promise((closed) => server.close(closed));
});
