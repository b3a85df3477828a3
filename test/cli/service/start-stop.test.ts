import { describe, expect, it } from 'vitest';
import { serviceStart, serviceStop } from '../../../src/cli/service/start-stop.ts';
import { fakeIo } from '../io.ts';
import { fakeWindows } from './fake-windows.ts';
import { RUNNING, RUNNING_GERMAN, starting, stopped, stopping } from './sc-samples.ts';

const REQUEST = { name: 'hyperv-checkpoint-agent', waitMs: 10_000 };

async function tell(command: typeof serviceStart, answers: Parameters<typeof fakeWindows>[0]) {
  const { io, printed } = fakeIo({ platform: 'win32', env: { SystemRoot: 'C:\\Windows' } });
  const { world, commands } = fakeWindows(answers);
  return { exitCode: await command(REQUEST, io, world), ...printed, commands: commands() };
}

describe('service start', () => {
  it('waits until it runs', async () => {
    const told = await tell(serviceStart, {
      queryex: [stopped(), starting(), starting(), RUNNING_GERMAN],
      start: 0,
    });
    expect(told).toMatchObject({
      exitCode: 0,
      out: 'hyperv-checkpoint-agent runs (process 4312).\n',
      err: '',
      commands: [
        'sc.exe queryex hyperv-checkpoint-agent',
        'sc.exe start hyperv-checkpoint-agent',
        'sc.exe queryex hyperv-checkpoint-agent',
        'sc.exe queryex hyperv-checkpoint-agent',
        'sc.exe queryex hyperv-checkpoint-agent',
      ],
    });
  });

  it('asks nothing of one that runs', async () => {
    const told = await tell(serviceStart, { queryex: RUNNING });
    expect(told).toMatchObject({ exitCode: 0, out: 'hyperv-checkpoint-agent runs already.\n' });
    expect(told.commands).toHaveLength(1);
  });

  it('says why one that stopped again did', async () => {
    const told = await tell(serviceStart, {
      queryex: [stopped(), starting(), stopped(1066, 78)],
      start: 0,
    });
    expect(told).toMatchObject({
      exitCode: 1,
      err: 'hyperv-checkpoint-agent does not run yet: it stopped again: the configuration is wrong; "checkpoint-agent config check" tells what (code 78; see agent-output.log and service-host.log). "checkpoint-agent doctor" tells more.\n',
    });
  });

  it('waits for one that takes its time no longer than it may', async () => {
    const told = await tell(serviceStart, { queryex: [stopped(), starting()], start: 0 });
    expect(told).toMatchObject({
      exitCode: 1,
      err: 'hyperv-checkpoint-agent does not run yet: it is starting. "checkpoint-agent service status" tells how it goes on.\n',
    });
    expect(told.commands).toHaveLength(2 + 11);
  });

  it.each([
    [
      5,
      'hyperv-checkpoint-agent: access denied; use a prompt that was opened with "Run as administrator" (error 5)',
    ],
    [
      1058,
      'hyperv-checkpoint-agent: it is disabled; sc.exe config NAME start= delayed-auto allows it again (error 1058)',
    ],
    [4711, 'hyperv-checkpoint-agent: error 4711'],
  ])('says what error %i of Windows means', async (code, text) => {
    const told = await tell(serviceStart, { queryex: stopped(), start: code });
    expect(told).toMatchObject({ exitCode: 1, err: `${text}\n` });
  });

  it('says that there is no such service', async () => {
    const told = await tell(serviceStart, { queryex: { code: 1060, output: '[SC] FEHLER 1060' } });
    expect(told).toMatchObject({
      exitCode: 1,
      err: 'there is no such service; checkpoint-agent service install makes it (error 1060)\n',
    });
  });
});

describe('service stop', () => {
  it('waits until it has stopped', async () => {
    const told = await tell(serviceStop, { queryex: [RUNNING, stopping(), stopped()], stop: 0 });
    expect(told).toMatchObject({ exitCode: 0, out: 'hyperv-checkpoint-agent is stopped.\n', err: '' });
  });

  it('asks once more when the service was on its way up', async () => {
    const told = await tell(serviceStop, {
      queryex: [starting(), starting(), RUNNING, stopping(), stopped()],
      stop: [1061, 0],
    });
    expect(told).toMatchObject({ exitCode: 0, out: 'hyperv-checkpoint-agent is stopped.\n' });
    expect(told.commands.filter((command) => command.startsWith('sc.exe stop'))).toHaveLength(2);
  });

  it('says when it does not stop in time', async () => {
    const told = await tell(serviceStop, { queryex: [RUNNING, stopping()], stop: 0 });
    expect(told).toMatchObject({
      exitCode: 1,
      err: expect.stringContaining('has not stopped yet: it is stopping.'),
    });
  });

  it('is content with one that was not running', async () => {
    expect(await tell(serviceStop, { queryex: stopped() })).toMatchObject({
      exitCode: 0,
      out: 'hyperv-checkpoint-agent is stopped already.\n',
    });
  });
});
