import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { scriptedServer } from '../notifier/smtp-server.ts';
import { skipOnWindows } from '../skip-on-windows.ts';
import { until } from '../until.ts';
import { AgentProcess, folder, HOST, shell } from './agent-process.ts';
import { mailBy, setting } from './setting.ts';

skipOnWindows('a shell script stands in for PowerShell');

const linesOf = (path: string): readonly string[] => readFileSync(path, 'utf8').trimEnd().split('\n');

const untilLogged = (path: string, text: string): Promise<void> =>
  until(`"${text}" in ${path}`, () => {
    try {
      return readFileSync(path, 'utf8').includes(text);
    } catch {
      return false;
    }
  });

it('--log-file comes before the configuration, and standard error says where the log is', async () => {
  const { run, configure } = await setting();
  const home = folder();
  configure({ log: { file: join(home, 'configured.log') } });
  const path = join(home, 'logs', 'given.log');
  const agent = run('--log-file', path);
  await untilLogged(path, ' scanned ');
  const ended = await agent.stop();
  expect(ended).toMatchObject({ code: 0, out: '', err: `The log is ${path}\n` });
  expect(readdirSync(home)).toEqual(['logs']);
  const lines = linesOf(path);
  expect(lines[0]).toMatch(/^\S+Z info started url="http/);
  expect(lines.at(-1)).toMatch(/^\S+Z info stopped$/);
});

it('"-" is standard error, whatever the configuration says', async () => {
  const { run, configure } = await setting();
  const home = folder();
  configure({ log: { file: join(home, 'configured.log') } });
  const agent = run('--log-file', '-');
  await agent.says(' scanned ');
  expect((await agent.stop()).err).not.toContain('The log is');
  expect(readdirSync(home)).toEqual([]);
});

it('goes on in the file, the format and the level that a changed configuration says, and the old one says so', async () => {
  const { run, configure, configPath } = await setting();
  const home = folder();
  const [one, two] = [join(home, 'one.log'), join(home, 'two.log')];
  configure({ log: { file: one } });
  const agent = run();
  await untilLogged(one, ' scanned ');
  configure({ log: { file: two, format: 'json', level: 'debug' } });
  await untilLogged(two, 'configuration reloaded');
  expect(linesOf(one).at(-1)).toContain('the log goes on in another place');
  expect(linesOf(two).map((line) => JSON.parse(line))).toContainEqual({
    time: expect.stringMatching(/Z$/),
    level: 'info',
    message: 'configuration reloaded',
    config: configPath,
  });
  await agent.stop();
});

it('a file that cannot be written does not keep it from watching', async () => {
  const { run, url } = await setting();
  const path = join(folder(), 'a-file');
  writeFileSync(path, '');
  const agent = run('--log-file', join(path, 'agent.log'));
  await agent.says('the log cannot be written');
  await until('it scans', async () => (await fetch(`${url}/-/ready`)).status === 200);
  expect(await agent.stop()).toMatchObject({ code: 0 });
  expect(agent.err.trim().split('\n')).toHaveLength(2);
});

it('why it could not start stands in the log as well', async () => {
  const { configPath } = await setting();
  const path = join(folder(), 'agent.log');
  // No folder can be made below a file.
  const args = ['run', '--config', configPath, '--state-dir', join(configPath, 'state'), '--log-file', path];
  const { code, err } = await new AgentProcess(args).ended;
  expect(code).toBe(1);
  expect(err).toContain('cannot be written');
  expect(linesOf(path)).toEqual([
    expect.stringContaining(' error the agent cannot start why="The state folder'),
  ]);
});

it('a service host is handed the events of a whole life, each once', async () => {
  const silent = await scriptedServer(['554 no']);
  const { configPath, stateDir, configure } = await setting();
  configure({ log: { event_log_alerts: true }, mail: mailBy(silent) });
  const args = ['run', '--stop-on-stdin-end', '--config', configPath, '--state-dir', stateDir];
  const agent = new AgentProcess(args, {}, 'ipc');
  const untilTold = (id: number): Promise<void> =>
    until(`event ${id} in ${JSON.stringify(agent.messages)}`, () =>
      agent.messages.some((message) => Object(message).id === id),
    );
  await untilTold(400);
  const home = folder();
  configure({ collector: { powershell: { executable: shell(home, 'exit 1') } }, schedule: { every: '1s' } });
  await untilTold(200);
  writeFileSync(configPath, 'schedule: { evry: 15m }\nhosts: hv 01\n');
  await untilTold(111);
  agent.child.stdin?.end();
  expect(await agent.ended).toMatchObject({ code: 0 });

  const told = agent.messages.filter((message) => Object(message).type === 'event');
  expect(agent.messages).toContainEqual({ type: 'ready' });
  const of = (id: number) => told.filter((message) => Object(message).id === id);
  expect(of(100)).toEqual([
    {
      type: 'event',
      id: 100,
      severity: 'information',
      text: expect.stringMatching(
        /^hyperv-checkpoint-agent \S+ has started: http:\S+, configuration: \/.*agent\.yml\.$/,
      ),
    },
  ]);
  expect(of(301).length).toBeGreaterThan(0);
  expect(of(400)).toHaveLength(1);
  expect(of(110)).toHaveLength(1);
  expect(of(200)).toEqual([
    expect.objectContaining({
      severity: 'warning',
      text: expect.stringContaining(`${HOST} was not read: `),
    }),
  ]);
  expect(of(111)).toEqual([
    expect.objectContaining({
      text: expect.stringMatching(
        /^The changed configuration has 2 errors; the one before stays in force\. The first: .*agent\.yml:1:13 {2}schedule\.evry: unknown key; did you mean "every"\?$/,
      ),
    }),
  ]);
  expect(agent.messages.at(-1)).toEqual({
    type: 'event',
    id: 101,
    severity: 'information',
    text: 'The agent has stopped.',
  });
});
