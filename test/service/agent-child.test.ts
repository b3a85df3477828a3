import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { type AgentChild, startAgentChild } from '../../service/host/agent-child.ts';
import { get } from '../acceptance/agent-process.ts';
import { freePort } from '../notifier/smtp-server.ts';

const FAKE_AGENT = join(import.meta.dirname, '..', 'windows', 'fake-agent.mjs');

interface Started {
  readonly child: AgentChild;
  readonly url: string;
  readonly ready: Promise<void>;
  readonly ended: Promise<number | null>;
  readonly heard: readonly unknown[];
  output(): string;
}

async function start(...options: readonly string[]): Promise<Started> {
  const folder = mkdtempSync(join(tmpdir(), 'agent-child-'));
  const path = join(folder, 'output');
  const output = openSync(path, 'a');
  const port = await freePort();
  const heard: unknown[] = [];
  const ready = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<number | null>();
  const runArguments = ['--port', String(port), ...options];
  const child = startAgentChild(
    { agent: FAKE_AGENT, runArguments, output },
    {
      ready: ready.resolve,
      heard: (message) => void heard.push(message),
      ended: ended.resolve,
      notStarted: (_, error) => ended.reject(error),
    },
  );
  onTestFinished(async () => {
    child.kill();
    await ended.promise;
    closeSync(output);
    rmSync(folder, { recursive: true });
  });
  return {
    child,
    url: `http://127.0.0.1:${port}`,
    ready: ready.promise,
    ended: ended.promise,
    heard,
    output: () => readFileSync(path, 'utf8'),
  };
}

it('the agent runs as the same Node.js, says when it is ready, and stops at the end of its input', async () => {
  const { child, url, ready, ended, output } = await start();
  await ready;
  expect(JSON.parse((await get(url)).text)).toMatchObject({ pid: child.pid });
  child.endInput();
  expect(await ended).toBe(0);
  expect(output()).toBe('the stand-in listens\nthe stand-in is asked to stop\n');
});

it('what it sends is told, the very last of it before its end is', async () => {
  const { child, ready, ended, heard } = await start('--last-words', '200');
  await ready;
  child.endInput();
  await ended;
  expect(heard).toHaveLength(200);
  expect(heard.at(-1)).toEqual({ type: 'event', id: 101, severity: 'information', text: 'word 200' });
});

it('its exit code is told, and what it died of is in its output', async () => {
  const { ended, output } = await start('--throw', 'out of luck');
  expect(await ended).toBe(1);
  expect(output()).toMatch(/Error: out of luck\r?\n +at /);
});

it('it can be killed in the middle of anything', async () => {
  const { child, url, ready, ended } = await start();
  await ready;
  await get(`${url}/hang`);
  child.kill();
  expect(await ended).toBeNull();
  child.endInput();
  child.kill();
});
