import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { POWERSHELL } from '../powershell.ts';
import { type SetupFunctions, startSetupFunctions } from './ask-setup.ts';

/** What of setup/windows.ps1 is the same on every system; the rest only Windows can show. */
describe.skipIf(POWERSHELL === null)('what the setup asks of the system', () => {
  let setup: SetupFunctions;
  beforeAll(() => {
    setup = startSetupFunctions();
  });
  afterAll(() => setup.end());

  it('runs a program with its arguments as they are, and has its exit code and all that it printed', async () => {
    const code =
      'process.stdout.write(JSON.stringify(process.argv.slice(1))); process.stderr.write("x".repeat(200_000)); process.exitCode = 7';
    const words = ['a b', 'c"d', "it's", 'C:\\end\\', '', 'ü'];
    const [ran] = await setup.ask(`Invoke-Program '${process.execPath}' $it 20`, [
      ['-e', code, '--', ...words],
    ]);
    expect(ran).toEqual({ code: 7, out: JSON.stringify(words), errors: 'x'.repeat(200_000) });
  });

  it('ends a program that does not end', async () => {
    const [ran] = await setup.ask(`Invoke-Program '${process.execPath}' $it 1`, [
      ['-e', 'setInterval(() => {}, 1000)'],
    ]);
    expect(ran).toEqual({ thrown: expect.stringContaining('did not end within 1 s') });
  });

  it('knows whether somebody listens at a port', async () => {
    const { port } = await serve(200);
    const [taken, free, unknown] = await setup.ask('Test-Port $it.address $it.port', [
      { address: '127.0.0.1', port },
      { address: '127.0.0.1', port: 0 },
      { address: 'hv01.example.com', port },
    ]);
    expect(taken).not.toBe('');
    expect([free, unknown]).toEqual(['', '']);
  });

  it('takes an agent for alive that says so, and no other', async () => {
    const [alive, ill] = [await serve(200), await serve(503)];
    const urls = [alive, ill, { port: 1 }].map(({ port }) => `http://127.0.0.1:${port}/`);
    expect(await setup.ask('Test-Healthy $it', urls)).toEqual([true, false, false]);
    expect(alive.asked).toEqual(['/-/healthy']);
  });

  it('removes a link with the folder it is in, and nothing of what it leads to', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'remove-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const [kept, gone] = [join(folder, 'kept'), join(folder, 'gone')];
    for (const path of [kept, join(gone, 'deep', 'er')]) mkdirSync(path, { recursive: true });
    writeFileSync(join(kept, 'file'), '');
    symlinkSync(kept, join(gone, 'deep', 'link'));
    await setup.ask('Remove-Tree $it', [gone]);
    expect([existsSync(gone), existsSync(join(kept, 'file'))]).toEqual([false, true]);
  });
});

/** Answers everything with a status, until the test has ended. */
async function serve(status: number): Promise<{ readonly port: number; readonly asked: readonly string[] }> {
  const asked: string[] = [];
  const server: Server = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.writeHead(status).end();
  });
  onTestFinished(() => void server.close());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, asked };
}
