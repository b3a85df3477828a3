import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import PostalMime from 'postal-mime';
import { describe, expect, it } from 'vitest';
import { mailServer, PASSWORD, scriptedServer } from '../notifier/smtp-server.ts';
import { skipOnWindows } from '../skip-on-windows.ts';
import { until } from '../until.ts';
import { AgentProcess, folder, get, untilShown } from './agent-process.ts';
import { mailBy, setting } from './setting.ts';

skipOnWindows('a shell script stands in for PowerShell');

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

    rmSync(configPath);
    await agent.says(' warn the configuration file is gone; the configuration stays as it is');

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

describe('a fault that nobody foresaw', () => {
  it('ends the agent with an exit code, and stands in its log', async () => {
    const { configPath, stateDir, url } = await setting();
    const bomb = join(folder(), 'bomb.mjs');
    writeFileSync(
      bomb,
      "process.once('SIGUSR2', () => void Promise.reject(new Error('nobody caught it')));\n",
    );
    const logFile = join(folder(), 'agent.log');
    const args = ['run', '--config', configPath, '--state-dir', stateDir, '--log-file', logFile];
    const agent = new AgentProcess(args, { NODE_OPTIONS: `--import ${bomb}` });
    await untilShown(`${url}/check`, 'CRITICAL');
    agent.child.kill('SIGUSR2');
    const { code, signal } = await agent.ended;
    expect({ code, signal }).toEqual({ code: 1, signal: null });
    const log = readFileSync(logFile, 'utf8');
    expect(log).toMatch(/ error the agent ends by a fault of its own .*nobody caught it/);
    // The lock went with it, and the database is whole.
    const next = new AgentProcess(args);
    await untilShown(`${url}/check`, 'CRITICAL');
    expect(await next.stop()).toMatchObject({ code: 0 });
  });
});

describe('the password of the mail server', () => {
  it('is taken up when its file is replaced, and what waited goes out', async () => {
    const passwordFile = join(folder(), 'password');
    writeFileSync(passwordFile, 'the one of last year\n', { mode: 0o600 });
    const server = await mailServer();
    const { run } = await setting({
      mail: mailBy(server.port, { user: 'agent', password_file: passwordFile }),
    });
    const agent = run();
    await agent.says('mail was not delivered');
    expect(agent.err).toContain('wrong password');
    writeFileSync(passwordFile, `${PASSWORD}\n`);
    await agent.says('configuration reloaded');
    await agent.says('mail sent');
    expect(server.received).toHaveLength(1);
    expect(await agent.stop()).toMatchObject({ code: 0 });
  });

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
