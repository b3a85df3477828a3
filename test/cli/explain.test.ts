import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../src/cli/index.ts';
import { explained, judgedBy } from '../core/render/explain-samples.ts';
import { runningExporter } from '../exporter/running.ts';
import { itElsewhere } from '../skip-on-windows.ts';
import { fakeIo } from './io.ts';

const OFFICE = ['--from-file', 'test/fixtures/recordings/small-office.json'];
/** Nothing listens there. */
const NOBODY = 'http://127.0.0.1:1';

let folder = '';
let config = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'explain-'));
  config = join(folder, 'agent.yml');
  writeFileSync(
    config,
    [
      'rules:',
      '  checkpoint-age:',
      '    user: { warning: 2d, critical: 5d }',
      "kinds: { cu: { checkpoint: 'before*' } }",
      "tags: { prod: ['sql*'] }",
      'overrides:',
      '  - tag: prod',
      '    rules: { checkpoint-age: { user: { warning: 12h } } }',
      'exceptions:',
      "  - { vm: 'sql*', checkpoint: after CU12, reason: kept for the audit, until: 2026-06-30, owner: j.doe }",
      '',
    ].join('\n'),
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function explain(argv: readonly string[], env: Record<string, string> = {}) {
  const { io, printed } = fakeIo({
    env: { XDG_CONFIG_HOME: '/nowhere', CHECKPOINT_AGENT_URL: NOBODY, ...env },
  });
  return { exitCode: await runCommand(['explain', ...argv], io), ...printed };
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

const VIEW = judgedBy('', [{ vms: [{ name: 'SQL 01 & co', checkpoints: [{ name: 'before CU12' }] }] }]);

describe('explain', () => {
  it('explains a report by a configuration, with its lines', async () => {
    // What is said on stderr of the exception depends on the day of the test.
    const { exitCode, out } = await explain(['SQL01', '-c', config, ...OFFICE]);
    expect(exitCode).toBe(0);
    await expect(out).toMatchFileSnapshot('explain.txt');
  });

  it('says what the running agent says, and nothing else', async () => {
    await using running = await runningExporter();
    await running.exporter.publish(VIEW);
    const text = explained(VIEW, 'before CU12');
    expect(await explain(['before CU12', '--url', running.url])).toEqual({ exitCode: 0, out: text, err: '' });
    const fromEnv = await explain(['sql 01 & CO'], { CHECKPOINT_AGENT_URL: `${running.url}/` });
    expect(fromEnv.out).toMatch(/^SQL 01 & co on hv01\n/);
    expect(await explain(['nope', '--url', running.url])).toMatchObject({
      exitCode: 1,
      out: '',
      err: expect.stringMatching(/^Nothing here is called "nope": /),
    });
  });

  it('reads nothing itself while the agent has not scanned yet', async () => {
    await using running = await runningExporter();
    expect(await explain(['SQL01', '--url', running.url])).toEqual({
      exitCode: 1,
      out: '',
      err: 'Nothing can be explained: the first scan has not ended yet.\n',
    });
  });

  itElsewhere('reads this host when no agent answers, and says so', async () => {
    const { exitCode, out, err } = await explain(['SQL01']);
    expect([exitCode, out]).toEqual([1, '']);
    expect(err).toContain(`no agent at ${NOBODY} (nothing listens there): this host is read instead.\n`);
    expect(err).toContain('Nothing here is called "SQL01"');
    expect(err).toMatch(/\nNothing is known: \S+ was not read\.\n/);
    expect(err).toContain('demo');
  });

  it('asks nobody when told to look now, or to go by a configuration', async () => {
    for (const argv of [
      ['SQL01', '--live'],
      ['SQL01', '-c', config],
    ]) {
      const { exitCode, err } = await explain(argv);
      expect([exitCode, err.includes(NOBODY)]).toEqual([1, false]);
    }
  });

  it('stays with the agent it was told to ask', async () => {
    await using other = await serving((_, response) => response.end('hello'));
    for (const [url, problem] of [
      [NOBODY, 'no agent at'],
      [other.url, 'not this agent at'],
    ] as const) {
      const { exitCode, err } = await explain(['SQL01', '--url', url]);
      expect([exitCode, err.startsWith(problem), err.includes('instead')]).toEqual([1, true, false]);
    }
  });

  it.each<[readonly string[], number, string]>([
    [[], 2, 'missing required argument'],
    [[' '], 2, 'Expected a name or an id'],
    [['x'.repeat(513)], 2, 'Expected a name or an id of 512 characters at most.'],
    [['a', 'b'], 2, 'too many arguments'],
    [['a', '--live', ...OFFICE], 2, 'cannot be used with'],
    [['a', '--url', 'http://x', '--live'], 2, 'cannot be used with'],
    [['a', '--url', 'ftp://x'], 2, '--url is no address such as http://127.0.0.1:9753\n'],
    [['a', '-c', '/nowhere/agent.yml'], 78, 'there is no such file'],
    [['a', '--from-file', 'package.json'], 1, 'Nothing is known'],
  ])('%j ends with %i', async (argv, expected, problem) => {
    const { exitCode, out, err } = await explain(argv);
    expect([exitCode, out]).toEqual([expected, '']);
    expect(err).toContain(problem);
  });
});
