import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { get } from './agent-process.ts';
import { setting } from './setting.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

it('a service host with a channel to the agent is told once it listens, and may go away', async () => {
  const { configPath, stateDir, url } = await setting();
  const args = [MAIN, 'run', '--stop-on-stdin-end', '--config', configPath, '--state-dir', stateDir];
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'ignore', 'ignore', 'ipc'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  const ready = new Promise((resolve) => {
    child.on('message', (message) => {
      if (Object(message).type === 'ready') resolve(message);
    });
  });
  expect(await ready).toEqual({ type: 'ready' });
  expect((await get(`${url}/-/healthy`)).status).toBe(200);
  child.disconnect();
  expect((await get(`${url}/-/healthy`)).status).toBe(200);
  child.stdin?.end();
  expect(await ended).toEqual([0, null]);
});
