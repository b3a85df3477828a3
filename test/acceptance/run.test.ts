import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { processesWith } from '../collector/shells.ts';
import { CA_FILE, freePort, mailServer, PASSWORD, scriptedServer } from '../notifier/smtp-server.ts';
import { opened } from '../store/samples.ts';
import { until } from '../until.ts';
import {
  AgentProcess,
  command,
  folder,
  get,
  HOST,
  replayingShell,
  shell,
  untilShown,
  writeConfig,
} from './agent-process.ts';

const SMALL_OFFICE = join(import.meta.dirname, '..', 'fixtures', 'recordings', 'small-office.json');

interface Setting {
  readonly stateDir: string;
  readonly configPath: string;
  readonly url: string;
  /** Writes the configuration anew, with this in addition. */
  configure(more?: object): void;
  run(...more: readonly string[]): AgentProcess;
}

/** A folder with a configuration for an agent that reads through this shell, the small office unless told otherwise. */
async function setting(more: object = {}, makeShell?: (home: string) => string): Promise<Setting> {
  const home = folder();
  const stateDir = join(home, 'state');
  const configPath = join(home, 'agent.yml');
  const port = await freePort();
  const executable = makeShell?.(home) ?? replayingShell(home, SMALL_OFFICE);
  const configure = (extra: object = {}): void =>
    writeConfig(configPath, {
      web: { listen: `127.0.0.1:${port}` },
      collector: { powershell: { executable } },
      ...extra,
    });
  configure(more);
  return {
    stateDir,
    configPath,
    url: `http://127.0.0.1:${port}`,
    configure,
    run: (...args) => new AgentProcess(['run', '--config', configPath, '--state-dir', stateDir, ...args]),
  };
}

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

function mailBy(port: number, more: object = {}): object {
  const smtp = { host: 'localhost', port, ca_file: CA_FILE, from: 'hyperv@example.com', ...more };
  return { smtp, to: 'ops@example.com' };
}

describe('a configuration that is edited while the agent runs', () => {
  it('takes over by itself; a broken one leaves the old one in force and says why', async () => {
    const { run, url, configure, configPath } = await setting();
    const agent = run();
    await untilShown(`${url}/check`, 'CRITICAL');

    const lenient = { user: { warning: '1000d', critical: null } };
    const off = { severity: null };
    configure({ rules: { 'checkpoint-age': lenient, 'avhdx-size': { warning: null, critical: null } } });
    await agent.says('configuration reloaded');
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_config_last_reload_successful 1');
    await until('the new verdict', async () => !(await get(`${url}/check`)).text.includes('older than'));

    writeFileSync(configPath, `rules: { checkpoint-agee: ${JSON.stringify(off)} }\n`);
    await agent.says('the new configuration has errors; the old one stays');
    expect(agent.err).toMatch(/ error .*agent\.yml:1:10 +rules\.checkpoint-agee: .*checkpoint-age/);
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_config_last_reload_successful 0');
    expect((await get(`${url}/check`)).text).not.toContain('older than');

    // Nothing was read again for all that.
    expect(agent.err.split(' scanned ')).toHaveLength(2);
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });
});

describe('an agent that is killed', () => {
  it('while the mail server has the mail but has not said so sends it once more, as the same mail', async () => {
    const ids: string[] = [];
    const release = Promise.withResolvers<void>();
    const server = await mailServer({
      onData(stream, _session, done) {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        stream.on('end', async () => {
          ids.push((await PostalMime.parse(Buffer.concat(chunks))).messageId ?? '');
          if (ids.length === 1) await release.promise;
          done(null, 'queued');
        });
      },
    });
    const { run, url } = await setting({ mail: mailBy(server.port) });
    const first = run();
    await until('the mail', () => ids.length === 1);
    expect(await first.stop('SIGKILL')).toMatchObject({ signal: 'SIGKILL' });
    release.resolve();

    const second = run();
    await second.says('mail sent');
    await untilShown(`${url}/check`, 'CRITICAL');
    expect(await second.stop()).toMatchObject({ code: 0 });
    expect(ids).toHaveLength(2);
    expect(new Set(ids).size).toBe(1);

    const third = run();
    await third.says(' scanned ');
    await untilShown(`${url}/metrics`, 'hyperv_checkpoint_notification_queue_length{channel="email"} 0');
    expect(await third.stop()).toMatchObject({ code: 0 });
    expect(ids).toHaveLength(2);
  });
});

describe('the password of the mail server', () => {
  it('is never printed or shown, even when the server says it back', async () => {
    const home = folder();
    writeFileSync(join(home, 'password'), `${PASSWORD}\n`, { mode: 0o600 });
    const port = await scriptedServer([
      '220 hello',
      '250-here\r\n250 AUTH PLAIN',
      '535 5.7.8 I do not like %SAID%',
      '221 bye',
    ]);
    const { run, url } = await setting({
      mail: mailBy(port, { tls: 'none', user: 'agent', password_file: join(home, 'password') }),
    });
    const agent = run();
    await agent.says('mail was not delivered');
    const shown = await Promise.all(
      ['/', '/metrics', '/api/v1/status', '/api/v1/findings'].map((path) => get(`${url}${path}`)),
    );
    const { out, err, code } = await agent.stop();
    expect(code).toBe(0);
    expect(err).toContain('I do not like');
    const all = [out, err, ...shown.map(({ text }) => text)].join('\n');
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    for (const secret of [PASSWORD, base64(PASSWORD), base64(`\0agent\0${PASSWORD}`)]) {
      expect(all).not.toContain(secret);
    }
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
