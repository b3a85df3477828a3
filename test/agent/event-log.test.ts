import { expect, it } from 'vitest';
import { createEventLog } from '../../src/agent/event-log.ts';
import { hostChannel } from '../../src/cli/host-channel.ts';
import { HOUR_MS, SECOND_MS } from '../../src/core/units.ts';
import { settle } from './agent-under-test.ts';
import { fakeTime } from './fake-time.ts';

/** A service host, as far as `process.send` is one. */
function serviceHost() {
  const messages: unknown[] = [];
  let done: (() => void)[] = [];
  const send = (message: object, ...rest: readonly unknown[]): boolean => {
    messages.push(message);
    const callback = rest.find((each) => typeof each === 'function');
    if (callback !== undefined) done.push(callback as () => void);
    return true;
  };
  return {
    messages,
    process: { send } as Pick<NodeJS.Process, 'send'>,
    takes() {
      for (const callback of done) callback();
      done = [];
    },
  };
}

function eventLog() {
  const host = serviceHost();
  const time = fakeTime();
  const send = hostChannel(host.process);
  if (send === null) throw new Error('there is a host');
  return { host, time, log: createEventLog(send, time) };
}

it('is not there without a service host', () => {
  expect(hostChannel({})).toBeNull();
});

it('hands events to the service host, as they are documented', () => {
  const { host, log } = eventLog();
  log.tell('scanFailed', 'hv01 was not read:\n\u202eaccess denied');
  log.tell('stopped', 'The agent has stopped.');
  expect(host.messages).toEqual([
    { type: 'event', id: 200, severity: 'warning', text: 'hv01 was not read: access denied' },
    { type: 'event', id: 101, severity: 'information', text: 'The agent has stopped.' },
  ]);
});

it('limits each id for itself', async () => {
  const { host, time, log } = eventLog();
  for (let number = 0; number < 500; number += 1) {
    log.tell('scanFailed', `failure ${number}`);
    log.tell('scanRecovered', `recovery ${number}`);
  }
  log.tell('reloaded', 'in force');
  expect(host.messages).toHaveLength(41);
  await time.pass(HOUR_MS);
  expect(host.messages.slice(41)).toEqual([
    expect.objectContaining({ id: 200, text: expect.stringContaining(': 480 events with this id.') }),
    expect.objectContaining({ id: 201, text: expect.stringContaining('The last of them: recovery 499') }),
  ]);
});

it('waits at its end until the service host was handed everything', async () => {
  const { host, log } = eventLog();
  log.tell('stopped', 'The agent has stopped.');
  let isClosed = false;
  const closing = log.close().then(() => {
    isClosed = true;
  });
  await settle();
  expect(isClosed).toBe(false);
  host.takes();
  await closing;
  await log.close();
});

it('waits no longer than a second for a service host that takes nothing', async () => {
  const { time, log } = eventLog();
  log.tell('stopped', 'The agent has stopped.');
  const closing = log.close();
  await time.pass(SECOND_MS);
  await closing;
});
