import { expect, it } from 'vitest';
import type { AgentEvents } from '../../service/host/agent-child.ts';
import { FAILURE } from '../../service/host/codes.ts';
import { createHost, type Host } from '../../service/host/host.ts';

interface Stage {
  readonly host: Host;
  readonly said: string[];
  readonly done: string[];
  /** What the agent sent for the event log. */
  readonly heard: unknown[];
  /** What the event log is told of failures. */
  readonly crashes: string[];
  agent(): AgentEvents;
}

/** A host whose world writes down what it is told and asked. */
function stage(report: () => number = () => 0): Stage {
  const said: string[] = [];
  const done: string[] = [];
  const heard: unknown[] = [];
  const crashes: string[] = [];
  let events: AgentEvents | null = null;
  const host = createHost(
    { drainMs: 20_000 },
    {
      monotonicMs: () => 0,
      log: (text) => said.push(text),
      report({ state, checkpoint, specificExitCode }) {
        done.push(`state ${state} ${checkpoint || specificExitCode}`);
        return report();
      },
      startAgent(given) {
        done.push('start');
        events = given;
        return {
          pid: 42,
          endInput: () => void done.push('end input'),
          kill: () => void done.push('kill'),
        };
      },
      exit: (code) => void done.push(`exit ${code}`),
      heard: (message) => void heard.push(message),
      crashed: (text) => void crashes.push(text),
    },
  );
  const agent = (): AgentEvents => {
    if (events === null) throw new Error('no agent was started');
    return events;
  };
  return { host, said, done, heard, crashes, agent };
}

it('a life: started, ready, asked to stop, stopped', () => {
  const { host, said, done, agent } = stage();
  host.called();
  host.tick();
  agent().ready();
  host.tick();
  expect(host.control(1)).toBe(0);
  host.tick();
  agent().ended(0);
  host.tick();
  expect(done).toEqual([
    ...['state 2 1', 'start', 'state 2 2', 'state 4 0'],
    ...['state 3 1', 'end input', 'state 3 2', 'state 1 0', 'exit 0'],
  ]);
  expect(said).toEqual([
    ...['starting', 'the agent runs as process 42', 'running'],
    ...['asked to stop: stop', 'stopping', 'the agent ended with exit code 0', 'stopped'],
  ]);
});

it('what the agent sends for the event log is handed on, also while it stops; a stop that was asked for is no crash', () => {
  const { host, heard, crashes, agent } = stage();
  host.called();
  agent().ready();
  agent().heard({ type: 'event', id: 100 });
  host.control(1);
  agent().heard({ type: 'event', id: 101 });
  agent().ended(0);
  expect(heard).toEqual([
    { type: 'event', id: 100 },
    { type: 'event', id: 101 },
  ]);
  expect(crashes).toEqual([]);
});

it.each([
  [1, 'stop'],
  [5, 'shutdown'],
  [15, 'preshutdown'],
])('control %d asks it to stop, by the name of %s', (control, name) => {
  const { host, said } = stage();
  host.called();
  expect(host.control(control)).toBe(0);
  expect(said).toContain(`asked to stop: ${name}`);
});

it('to be looked at is answered, and what it does not know is refused', () => {
  const { host, done } = stage();
  host.called();
  const before = done.length;
  expect(host.control(4)).toBe(0);
  expect(host.control(6)).toBe(120);
  expect(host.control(200)).toBe(120);
  expect(done).toHaveLength(before);
});

it('a failure is reported with its code, and told in words, also to the event log', () => {
  const { host, said, done, crashes, agent } = stage();
  host.called();
  agent().ended(78);
  host.tick();
  expect(crashes).toEqual([
    'The service has failed with code 78: the configuration of the agent is wrong; agent-output.log names each problem with its place.',
  ]);
  expect(done.slice(-2)).toEqual(['state 1 78', 'exit 78']);
  expect(said.at(-1)).toMatch(/^stopped with code 78: the configuration of the agent is wrong/);
});

it('an agent that cannot be started is a failure of its own', () => {
  const { host, said, done, agent } = stage();
  host.called();
  agent().notStarted(FAILURE.notStarted, new Error('spawn ENOENT'));
  expect(done.slice(-2)).toEqual(['state 1 20003', 'exit 20003']);
  expect(said).toContain('the agent could not be started: spawn ENOENT');
});

it('a fault of the host ends the service, with the agent', () => {
  const { host, said, done, agent } = stage();
  host.called();
  agent().ready();
  host.fail(FAILURE.hostFault, new Error('a fault'));
  expect(done.slice(-3)).toEqual(['state 1 20004', 'kill', 'exit 20004']);
  expect(said.join('\n')).toMatch(/fault of the host: Error: a fault\n +at /);
});

it('a status that Windows does not take is written down, and no reason to stop', () => {
  const { host, said, done } = stage(() => 6);
  host.called();
  expect(said).toContain('the service control manager could not be told: error 6');
  expect(done).toEqual(['state 2 1', 'start']);
});
